//! A JWT: what a credential of that kind says about itself.
//!
//! It is read offline and its signature is not checked: it may say anything. What
//! it says helps a person to judge what the credential opens, and until when.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

/// A longer header or payload, in bytes before decoding, is not read.
const LONGEST_PART: usize = 256 << 10;

/// More scopes and audiences than this are not kept of a token.
const MOST_ENTRIES: usize = 20;

/// What signs, and how many characters its signatures have in base64url
/// (RFC 7518, section 3.1, and RFC 8037; RSA with keys of 2048, 3072 and 4096
/// bits). In ascending order for each.
const SIGNATURES: [(&str, &[usize]); 13] = [
    ("HS256", &[43]),
    ("HS384", &[64]),
    ("HS512", &[86]),
    ("ES256", &[86]),
    ("ES384", &[128]),
    ("ES512", &[176]),
    ("EdDSA", &[86, 152]),
    ("RS256", &[342, 512, 683]),
    ("RS384", &[342, 512, 683]),
    ("RS512", &[342, 512, 683]),
    ("PS256", &[342, 512, 683]),
    ("PS384", &[342, 512, 683]),
    ("PS512", &[342, 512, 683]),
];

/// A JSON Web Token (RFC 7519), signed (RFC 7515).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwt {
    /// What it says about itself.
    pub claims: Claims,
    /// Its bytes, up to the end of a signature of its algorithm.
    pub(crate) length: usize,
    /// Whether it is the one that documentation shows.
    pub(crate) kind: Kind,
}

/// Where a token may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An issuer.
    Issued,
    /// The pages on JWTs, which show one of a John Doe.
    Documentation,
}

/// What a JWT says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// When it expires, in seconds since 1970.
    pub expires: Option<i64>,
    /// What it may do: at most the first twenty.
    pub scopes: Vec<String>,
    /// Whom it is for: at most the first twenty.
    pub audience: Vec<String>,
}

impl Jwt {
    /// Reads the JWT that `bytes` begin with; what follows the signature's
    /// characters is ignored.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut parts = bytes.splitn(3, |byte| *byte == b'.');
        let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let header = decoded(header)?;
        let algorithm = header.get("alg")?.as_str()?;
        let said = decoded(payload)?;
        let scopes = ["scope", "scopes", "scp"];
        let lengths = SIGNATURES.iter().find(|(name, _)| *name == algorithm);
        let lengths = lengths.map_or(&[][..], |(_, lengths)| lengths);
        let fits = |length: &&usize| **length <= signature.len();
        let signed = lengths.iter().rfind(fits).copied();
        let is_shown = said.get("sub").and_then(Value::as_str) == Some("1234567890");
        Some(Self {
            claims: Claims {
                expires: said.get("exp").and_then(seconds),
                scopes: entries(scopes.iter().find_map(|name| said.get(*name))),
                audience: entries(said.get("aud")),
            },
            length: bytes.len() - signature.len() + signed.unwrap_or(signature.len()),
            kind: if is_shown {
                Kind::Documentation
            } else {
                Kind::Issued
            },
        })
    }
}

impl Claims {
    /// Whether it has expired, if it says when. A clock that stands before 1970
    /// knows nothing.
    #[must_use]
    pub fn expired(&self) -> Option<bool> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        Some(self.expires? <= i64::try_from(now.as_secs()).ok()?)
    }

    /// Whether it says that it has expired.
    #[must_use]
    pub fn has_expired(&self) -> bool {
        self.expired() == Some(true)
    }

    /// When it expires, in ISO 8601.
    #[must_use]
    pub fn expiry(&self) -> Option<String> {
        let time = gix::date::Time::new(self.expires?, 0);
        time.format(gix::date::time::format::ISO8601_STRICT).ok()
    }
}

/// The object that a part of a token is, in base64url.
fn decoded(part: &[u8]) -> Option<Map<String, Value>> {
    let part = Some(part).filter(|part| part.len() <= LONGEST_PART)?;
    serde_json::from_slice(&BASE64URL_NOPAD.decode(part).ok()?).ok()
}

/// A date, which may have a fraction, or be written as a text.
fn seconds(date: &Value) -> Option<i64> {
    // Dates are far from what a float cannot hold, and a cast saturates.
    #[expect(clippy::cast_possible_truncation)]
    let whole = |date: f64| date as i64;
    let number = date.as_i64().or_else(|| date.as_f64().map(whole));
    number.or_else(|| date.as_str()?.parse().ok())
}

/// The entries of a list, or of a text that separates them with spaces.
fn entries(list: Option<&Value>) -> Vec<String> {
    let entries: Vec<&str> = match list {
        Some(Value::String(list)) => list.split_whitespace().collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let entries = entries.into_iter().take(MOST_ENTRIES);
    entries.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn jwt(header: &Value, payload: &Value, signature: usize) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        format!(
            "{}.{}.{}",
            part(header),
            part(payload),
            "s".repeat(signature)
        )
    }

    fn claims(payload: &Value) -> Claims {
        let jwt = jwt(&json!({"alg": "HS256"}), payload, 43);
        Jwt::read(jwt.as_bytes()).expect("it is a JWT").claims
    }

    #[test]
    fn claims_are_told_in_every_spelling() {
        let said = claims(&json!({"exp": 1_700_000_000, "scope": "a b", "aud": "c d"}));
        assert_eq!(said.scopes, ["a", "b"]);
        assert_eq!(said.audience, ["c", "d"]);
        assert_eq!(said.expiry().as_deref(), Some("2023-11-14T22:13:20+00:00"));
        assert!(said.has_expired());
        let said = claims(&json!({"exp": 1e11, "scopes": ["a", 1, "b"], "aud": ["c"]}));
        assert_eq!(said.scopes, ["a", "b"]);
        assert_eq!(said.audience, ["c"]);
        assert!(!said.has_expired());
        assert_eq!(
            claims(&json!({"exp": "soon", "scope": {}})),
            Claims::default()
        );
        assert!(!claims(&json!({})).has_expired());
    }

    #[test]
    fn a_date_that_no_calendar_has_is_no_panic() {
        for date in [i64::MAX, i64::MIN, 0] {
            let said = claims(&json!({ "exp": date }));
            assert_eq!(said.has_expired(), date <= 0);
            let _ = said.expiry();
        }
    }

    #[test]
    fn the_signature_ends_where_its_algorithm_says() {
        for (algorithm, glued, length) in [
            ("HS256", 44, 43),
            ("RS256", 342, 342),
            ("RS256", 600, 512),
            ("RS256", 20, 20),
            ("unheard-of", 50, 50),
        ] {
            let jwt = jwt(&json!({ "alg": algorithm }), &json!({}), glued);
            let read = Jwt::read(jwt.as_bytes()).expect("it is a JWT");
            assert_eq!(jwt.len() - read.length, glued - length, "{algorithm}");
        }
    }

    #[test]
    fn what_is_no_jwt_is_none() {
        let header = BASE64URL_NOPAD.encode(br#"{"alg":"HS256"}"#);
        let list = BASE64URL_NOPAD.encode(b"[1]");
        for text in ["", "a.b.c", &header, &format!("{header}.{list}.s")] {
            assert_eq!(Jwt::read(text.as_bytes()), None, "{text}");
        }
    }
}
