//! Secrets, and the forms in which they are written somewhere. What of a secret must
//! never be read in an output is said here; where it is put is not.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use proptest::prelude::*;

use crate::support::letters;

/// So much of a secret in a row is a leak.
const TELLING: usize = 8;

/// The last characters of a secret are shown on purpose.
const SHOWN: usize = 4;

/// A kind of credential.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    User,
    OAuth,
    Refresh,
    Jwt,
    Storage,
    App,
    Client,
    Organisation,
}

/// A credential. Its text is made from a number, so that a failing case shrinks.
#[derive(Debug, Clone, Copy)]
pub struct Secret {
    pub kind: Kind,
    pub seed: u64,
}

impl Secret {
    pub fn prefix(self) -> &'static str {
        match self.kind {
            Kind::User => "hf_",
            Kind::OAuth => "hf_oauth_",
            Kind::Refresh => "hf_oauth__refresh_",
            Kind::Jwt => "hf_jwt_",
            Kind::Storage => "hf_s3_",
            Kind::App => "hf_app_",
            Kind::Client => "oauth_app_secret_",
            Kind::Organisation => "api_org_",
        }
    }

    /// What stands behind the prefix.
    pub fn random(self) -> String {
        let letters = |salt: u64, count| letters(self.seed.wrapping_add(salt) >> 1, count);
        match self.kind {
            Kind::User | Kind::Refresh | Kind::Client | Kind::Organisation => letters(2, 34),
            Kind::App => letters(2, 32),
            Kind::Storage => [20, 24, 30].map(|count| letters(count, 20)).join("."),
            Kind::OAuth | Kind::Jwt => {
                let header = r#"{"alg":"RS256"}"#;
                let payload = format!(
                    r#"{{"sub":"{}","scope":"read-repos","exp":1893456000}}"#,
                    letters(4, 24)
                );
                let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
                format!("{}.{}.{}", part(header), part(&payload), letters(6, 43))
            }
        }
    }

    pub fn text(self) -> String {
        format!("{}{}", self.prefix(), self.random())
    }
}

pub fn secret() -> impl Strategy<Value = Secret> {
    let kind = prop_oneof![
        6 => Just(Kind::User),
        1 => Just(Kind::OAuth),
        1 => Just(Kind::Refresh),
        1 => Just(Kind::Jwt),
        1 => Just(Kind::Storage),
        1 => Just(Kind::App),
        1 => Just(Kind::Client),
        1 => Just(Kind::Organisation),
    ];
    (kind, any::<u64>()).prop_map(|(kind, seed)| Secret { kind, seed })
}

/// How a secret is written.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    Plain,
    /// Between so many letters.
    Glued(usize, usize),
    /// And again, at once.
    Twice,
    /// In base64, behind so many other bytes.
    Base64(usize),
    Hexadecimal,
    /// Every character as `\u0041`.
    Escaped,
    Percent,
    Html,
    Utf16,
    /// In two lines of mail, the first of so many characters.
    SoftBreak(usize),
    /// In two string literals.
    Joined(usize),
    /// With a colour in it.
    Coloured(usize),
    /// With its prefix in capitals.
    Capitals,
    /// So many characters, and the others elsewhere in the line.
    NearMiss(usize),
}

/// Forms that stand on a line of a file.
pub fn form() -> impl Strategy<Value = Form> {
    prop_oneof![
        4 => Just(Form::Plain),
        2 => name_form(),
        1 => (0..4_usize).prop_map(Form::Base64),
        1 => Just(Form::Hexadecimal),
        1 => Just(Form::Escaped),
        1 => Just(Form::Percent),
        1 => Just(Form::Html),
        1 => Just(Form::Utf16),
        1 => (4..30_usize).prop_map(Form::SoftBreak),
        1 => (4..30_usize).prop_map(Form::Joined),
        1 => (4..30_usize).prop_map(Form::Coloured),
        1 => Just(Form::Capitals),
        2 => (20..34_usize).prop_map(Form::NearMiss),
    ]
}

/// Forms that are hidden wherever they stand: in names and arguments, too.
pub fn name_form() -> impl Strategy<Value = Form> {
    prop_oneof![
        4 => Just(Form::Plain),
        2 => (0..4_usize, 0..4_usize).prop_map(|(before, after)| Form::Glued(before, after)),
        1 => Just(Form::Twice),
        1 => (0..4_usize).prop_map(Form::Base64),
        1 => Just(Form::Hexadecimal),
        1 => Just(Form::Percent),
    ]
}

/// Forms that are hidden in what somebody says: of words, none has to be exact.
pub fn word_form() -> impl Strategy<Value = Form> {
    prop_oneof![
        3 => name_form(),
        1 => Just(Form::Html),
        1 => Just(Form::Escaped),
        1 => (4..30_usize).prop_map(Form::Joined),
        1 => Just(Form::Capitals),
        1 => (20..34_usize).prop_map(Form::NearMiss),
    ]
}

/// A secret as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    pub secret: Secret,
    pub form: Form,
}

pub fn written(form: impl Strategy<Value = Form>) -> impl Strategy<Value = Written> {
    (secret(), form).prop_map(|(secret, form)| Written { secret, form })
}

impl Written {
    pub fn bytes(self) -> Vec<u8> {
        let text = self.secret.text();
        let each = |escape: fn(u8) -> String| text.bytes().map(escape).collect::<String>();
        let cut = |at: usize| text.split_at(at.min(text.len() - 1));
        let random = self.secret.random();
        match self.form {
            Form::Plain => text,
            Form::Glued(before, after) => {
                let seed = self.secret.seed >> 2;
                format!("{}{text}{}", letters(seed, before), letters(seed, after))
            }
            Form::Twice => text.repeat(2),
            Form::Base64(lead) => BASE64.encode(&[&b"user:"[..lead], text.as_bytes()].concat()),
            Form::Hexadecimal => HEXLOWER.encode(text.as_bytes()),
            Form::Escaped => each(|byte| format!("\\u{byte:04x}")),
            Form::Percent => each(|byte| format!("%{byte:02X}")),
            Form::Html => each(|byte| format!("&#{byte};")),
            Form::Utf16 => {
                return text.bytes().flat_map(|byte| [byte, 0]).collect();
            }
            Form::SoftBreak(at) => format!("{}=\n{}", cut(at).0, cut(at).1),
            Form::Joined(at) => format!("'{}' '{}'", cut(at).0, cut(at).1),
            Form::Coloured(at) => format!("{}\x1b[1m{}", cut(at).0, cut(at).1),
            Form::Capitals => format!("{}{random}", self.secret.prefix().to_uppercase()),
            Form::NearMiss(kept) => {
                let (kept, rest) = random.split_at(kept.min(random.len() - 1));
                // Glued to another secret, it would be part of that one.
                format!(" {}{kept}' + f(b) + '{rest}", self.secret.prefix())
            }
        }
        .into_bytes()
    }

    /// What must not stand in any output: every part of the random characters that lies
    /// below the last, and the same in the form's own letters.
    pub fn needles(self) -> Vec<String> {
        let random = self.secret.random();
        let hidden = &random.as_bytes()[..random.len() - SHOWN];
        let windows = |bytes: &[u8], width: usize| {
            let windows = bytes.windows(width);
            let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
            windows.map(text).collect::<Vec<_>>()
        };
        let mut needles = windows(hidden, TELLING);
        match self.form {
            Form::Base64(lead) => {
                let before = lead + self.secret.prefix().len();
                let first = (before * 4).div_ceil(3);
                let last = (before + hidden.len()) * 4 / 3;
                let bytes = self.bytes();
                needles.extend(windows(&bytes[first..last], TELLING * 3 / 2));
            }
            Form::Hexadecimal => {
                let hidden = HEXLOWER.encode(hidden);
                needles.extend(windows(hidden.as_bytes(), TELLING * 2));
            }
            _ => {}
        }
        needles
    }
}
