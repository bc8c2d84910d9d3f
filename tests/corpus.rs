//! The corpus: every kind of credential in every shape it leaks in, and
//! everything that only looks like one. How much is found, and how sure it is, is
//! written into `docs/accuracy.md`; this fails where it gets worse.
//!
//! All tokens are drawn when the test runs.

mod support;

use std::fmt::Write;

use data_encoding::BASE64URL_NOPAD;
use hfleaks::fingerprint::TokenId;
use hfleaks::{Confidence, Config, Scanner};

use support::letters;

/// How many texts of each class are made.
const EACH: u64 = 200;

const DIGITS: &str = "0123456789";

/// Characters that look random, the same for the same seed.
fn drawn(alphabet: &str, seed: u64, count: usize) -> String {
    let mut state = seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x6a09_e667_f3bc_c908;
    let mut draw = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(state >> 33).unwrap() % alphabet.len();
        char::from(alphabet.as_bytes()[place])
    };
    (0..count).map(|_| draw()).collect()
}

fn alphanumerics(seed: u64, count: usize) -> String {
    let alphabet: String = ('a'..='z').chain('A'..='Z').chain('0'..='9').collect();
    drawn(&alphabet, seed, count)
}

fn base64url(seed: u64, count: usize) -> String {
    let bytes = alphanumerics(seed, count);
    let mixed: Vec<u8> = bytes.bytes().map(|byte| byte.wrapping_mul(167)).collect();
    BASE64URL_NOPAD.encode(&mixed)[..count].to_owned()
}

/// A JWT of RS256, with a payload like those of the provider.
fn jwt(seed: u64) -> String {
    let header = BASE64URL_NOPAD.encode(br#"{"alg":"RS256","typ":"JWT","kid":"k"}"#);
    let payload = format!(
        r#"{{"scope":["openid","read-repos"],"aud":"{}","exp":{}}}"#,
        letters(seed, 12),
        4_000_000_000_u64 + seed
    );
    let payload = BASE64URL_NOPAD.encode(payload.as_bytes());
    format!("{header}.{payload}.{}", base64url(seed, 342))
}

/// A kind of credential: the rule that is to find it, and how sure it is to be
/// where nothing around it says otherwise.
type Kind = (&'static str, &'static str, Confidence, fn(u64) -> String);

const KINDS: [Kind; 9] = [
    (
        "user access token",
        "VNX-SEC-027",
        Confidence::High,
        |seed| format!("hf_{}", letters(seed, 34)),
    ),
    (
        "token with digits",
        "VNX-SEC-027",
        Confidence::Medium,
        |seed| format!("hf_{}7", alphanumerics(seed, 33)),
    ),
    ("OAuth access token", "HFL-001", Confidence::High, |seed| {
        format!("hf_oauth_{}", jwt(seed))
    }),
    ("OAuth refresh token", "HFL-002", Confidence::High, |seed| {
        format!("hf_oauth__refresh_{}", alphanumerics(seed, 34))
    }),
    (
        "Trusted Publishers token",
        "HFL-003",
        Confidence::High,
        |seed| format!("hf_jwt_{}", jwt(seed)),
    ),
    (
        "Storage Bucket secret",
        "HFL-004",
        Confidence::High,
        |seed| {
            let parts = [24, 40, 43].map(|length| base64url(seed + length, 43));
            format!("hf_s3_{}", parts.join("."))
        },
    ),
    ("app token", "HFL-005", Confidence::High, |seed| {
        format!("hf_app_{}", alphanumerics(seed, 32))
    }),
    ("OAuth app secret", "HFL-006", Confidence::High, |seed| {
        format!("oauth_app_secret_{}", alphanumerics(seed, 34))
    }),
    ("organization token", "HFL-007", Confidence::High, |seed| {
        format!("api_org_{}", letters(seed, 34))
    }),
];

/// What may stand around a credential.
type Shape = (&'static str, fn(&str) -> Vec<u8>);

/// Shapes that leave no doubt.
const SHAPES: [Shape; 19] = [
    ("Python", |token| format!("login(token='{token}')\n").into()),
    (".env", |token| format!("A=1\nHF_TOKEN={token}\n").into()),
    ("end of file", |token| token.into()),
    ("YAML", |token| format!("  token: {token}\r\n").into()),
    ("argument", |token| {
        format!("hf upload a b --token {token} --quiet").into()
    }),
    ("header", |token| {
        format!("Authorization: Bearer {token}\n").into()
    }),
    ("URL userinfo", |token| {
        format!("https://user:{token}@huggingface.co/a/b").into()
    }),
    ("JSON, \\n behind", |token| {
        format!(r#"{{"a": "x={token}\nb=1"}}"#).into()
    }),
    ("JSON, \\n before", |token| {
        format!(r#"{{"a": "b=1\n{token}\n"}}"#).into()
    }),
    ("JSON in JSON", |token| {
        format!(r#"{{"a": "{{\"b\": \"{token}\"}}"}}"#).into()
    }),
    ("%22", |token| format!("GET /?t=%22{token}%22&x").into()),
    ("%3D", |token| format!("GET /?n=t%3D{token}%26x").into()),
    ("quoted-printable", |token| {
        format!("T=3D{token}=3D=\r\n").into()
    }),
    ("colours", |token| {
        format!("\x1b[1;31m{token}\x1b[0m").into()
    }),
    ("colours, escaped", |token| {
        format!("\\x1b[31m{token}\\x1b[0m").into()
    }),
    ("NUL around", |token| format!("\0\0{token}\0\0").into()),
    ("pickle, protocol 0", |token| {
        format!("V{token}\np1\n.").into()
    }),
    ("pickle, protocol 4", |token| {
        counted(b"\x8c", b"X", token, b"\x94u.")
    }),
    ("Markdown", |token| format!("Use `{token}` here").into()),
];

/// Shapes that put bytes right behind a credential.
const GLUED: [Shape; 5] = [
    ("pickle, protocol 2", |token| {
        long_counted(b"X", token, b"q\x05u.")
    }),
    ("pickle, number 65", |token| {
        long_counted(b"X", token, b"qAX\x01\0\0\0")
    }),
    ("pickle, optimized", |token| {
        long_counted(b"X", token, b"s.")
    }),
    (".pyc", |token| counted(b"\xda", b"\xe1", token, b"N)\x01")),
    ("record of ONNX", |token| {
        varint_counted(b"\x1a", token, b"B\x04")
    }),
];

/// With the number of the token's bytes before it: in one byte, behind `short`, or
/// in four, behind `long`.
fn counted(short: &[u8], long: &[u8], token: &str, after: &[u8]) -> Vec<u8> {
    match u8::try_from(token.len()) {
        Ok(count) => [short, &[count], token.as_bytes(), after].concat(),
        Err(_) => long_counted(long, token, after),
    }
}

/// With the number of the token's bytes before it, in a varint.
fn varint_counted(before: &[u8], token: &str, after: &[u8]) -> Vec<u8> {
    let low = u8::try_from(token.len() & 0x7f).unwrap();
    let high = u8::try_from(token.len() >> 7).unwrap();
    let count = if high == 0 {
        vec![low]
    } else {
        vec![low | 0x80, high]
    };
    [before, &count, token.as_bytes(), after].concat()
}

/// With the number of the token's bytes before it, in four bytes.
fn long_counted(before: &[u8], token: &str, after: &[u8]) -> Vec<u8> {
    let count = u32::try_from(token.len()).unwrap().to_le_bytes();
    [before, &count, token.as_bytes(), after].concat()
}

/// Something that the base rule matches and that is no credential.
type Lookalike = (&'static str, fn(u64) -> String);

const WORDS: [&str; 40] = [
    "model",
    "get",
    "From",
    "Pretrained",
    "Hub",
    "Config",
    "Tokenizer",
    "Processor",
    "call",
    "Attention",
    "Mask",
    "With",
    "Batch",
    "Size",
    "Image",
    "Feature",
    "Extractor",
    "load",
    "State",
    "Dict",
    "Generation",
    "Output",
    "Pipeline",
    "For",
    "Causal",
    "Language",
    "Modeling",
    "test",
    "Should",
    "Return",
    "Error",
    "When",
    "Missing",
    "Layer",
    "Norm",
    "Weights",
    "Download",
    "Snapshot",
    "Cache",
    "Directory",
];

/// Words written together, 34 letters and more.
fn camel_case(seed: u64) -> String {
    let mut text = String::new();
    let mut word = seed;
    while text.len() < 34 {
        word = word
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(97);
        text += WORDS[usize::try_from(word >> 40).unwrap() % WORDS.len()];
    }
    text
}

const LOOKALIKES: [Lookalike; 13] = [
    ("one character", |seed| {
        format!("hf_{}", letters(seed, 1).repeat(34))
    }),
    ("a few characters", |seed| {
        format!("hf_{}", letters(seed, 5).repeat(7))
    }),
    ("x in the middle", |seed| {
        format!(
            "hf_{}{}{}",
            letters(seed, 5),
            "x".repeat(24),
            letters(seed + 1, 5)
        )
    }),
    ("alphabet", |seed| {
        let start = usize::try_from(seed % 26).unwrap();
        format!(
            "hf_{}",
            &"abcdefghijklmnopqrstuvwxyz".repeat(3)[start..start + 34]
        )
    }),
    ("keyboard", |seed| {
        let start = usize::try_from(seed % 26).unwrap();
        format!(
            "hf_{}",
            &"qwertyuiopasdfghjklzxcvbnm".repeat(3)[start..start + 34]
        )
    }),
    ("digits", |seed| format!("hf_{}", drawn(DIGITS, seed, 36))),
    ("your token here", |seed| {
        format!("hf_YourTokenGoesHere{}", alphanumerics(seed, 18))
    }),
    ("checksum", |seed| {
        format!("hf_{}", drawn("0123456789abcdef", seed, 40))
    }),
    ("camelCase", |seed| format!("hf_{}", camel_case(seed))),
    ("camelCase of 34", |seed| {
        format!("hf_{}", &camel_case(seed)[..34])
    }),
    ("mangled symbol", |seed| {
        format!("_ZN3_call_hf_{}1E", camel_case(seed))
    }),
    ("another word's end", |seed| {
        format!("rlhf_{}", letters(seed, 34))
    }),
    ("base64url", |seed| {
        let around = alphanumerics(seed, 80);
        format!(
            "{}hf_{}-{}",
            &around[..40],
            alphanumerics(seed + 1, 50),
            &around[40..]
        )
    }),
];

/// How many texts were found, and how sure.
#[derive(Default, Clone, Copy)]
struct Score {
    texts: u64,
    found: u64,
    medium: u64,
    high: u64,
    /// How many were told to be the very token that was hidden.
    exact: u64,
}

impl Score {
    fn add(&mut self, confidence: Confidence) {
        self.found += 1;
        self.medium += u64::from(confidence >= Confidence::Medium);
        self.high += u64::from(confidence == Confidence::High);
    }

    fn merge(&mut self, other: Self) {
        self.texts += other.texts;
        self.found += other.found;
        self.medium += other.medium;
        self.high += other.high;
    }

    fn row(&self, name: &str) -> String {
        let share = |count: u64| percent(count, self.texts);
        format!(
            "| {name} | {} | {} | {} | {} |",
            self.texts,
            share(self.found),
            share(self.medium),
            share(self.high)
        )
    }
}

/// A share, rounded down.
fn percent(count: u64, all: u64) -> String {
    let thousandths = count * 1000 / all;
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// What is reported at each level.
type Level = (&'static str, fn(&Score) -> u64);

const LEVELS: [Level; 3] = [
    ("low", |score| score.found),
    ("medium", |score| score.medium),
    ("high", |score| score.high),
];

fn score(scanner: &Scanner, rule: &str, token: &str, text: &[u8], score: &mut Score) {
    score.texts += 1;
    let report = scanner.scan_bytes("file.txt", text);
    // Exactly once, and by the rule that knows most about it.
    if let [finding] = report.findings.as_slice()
        && finding.rule.id == rule
    {
        score.add(finding.confidence);
        let id = TokenId::new(token.as_bytes());
        score.exact += u64::from(finding.token().is_some_and(|token| token.id == id));
    }
}

const HEAD: &str = "|---|---|---|---|---|\n";

#[test]
fn everything_is_found_and_known_for_what_it_is() {
    let scanner = Scanner::new(Config::default());
    let mut page = String::from(
        "# Accuracy\n\n\
         This page is made by `tests/corpus.rs`, which fails where a figure gets worse.\n\
         Tokens are drawn from fixed seeds; a share is of the texts of its row.\n\n\
         ## Credentials\n\n\
         Each in 19 shapes, from a line of Python to a pickle and a URL. Found means: once,\n\
         and by the rule for its kind.\n\n\
         | kind | texts | found | medium or high | high |\n",
    );
    page += HEAD;
    let (mut credentials, mut lookalikes) = (Score::default(), Score::default());
    for (kind, rule, expected, make) in KINDS {
        let mut all = Score::default();
        for (name, shape) in SHAPES {
            let before = all;
            for seed in 0..EACH {
                let token = make(seed);
                score(&scanner, rule, &token, &shape(&token), &mut all);
            }
            let sure = all.medium - before.medium;
            assert!(sure * 100 >= EACH * 99, "{kind}, {name}: {sure} of {EACH}");
        }
        writeln!(page, "{}", all.row(kind)).unwrap();
        assert_eq!(all.found, all.texts, "{kind}: not all are found");
        assert_eq!(all.exact, all.texts, "{kind}: not all are the token");
        let least = all.texts * 999 / 1000;
        assert!(
            all.medium >= least,
            "{kind}: {} of {}",
            all.medium,
            all.texts
        );
        let high = if expected == Confidence::High {
            least
        } else {
            0
        };
        assert!(all.high >= high, "{kind}: {} of {}", all.high, all.texts);
        credentials.merge(all);
    }
    page += "\nWith bytes right behind it that a rule's run takes in:\n\n\
             | shape | texts | found | medium or high | high |\n";
    page += HEAD;
    for (name, shape) in GLUED {
        let mut all = Score::default();
        for (_, rule, _, make) in KINDS {
            for seed in 0..EACH {
                let token = make(seed);
                score(&scanner, rule, &token, &shape(&token), &mut all);
            }
        }
        writeln!(page, "{}", all.row(name)).unwrap();
        assert_eq!(all.found, all.texts, "{name}: not all are found");
        assert_eq!(all.medium, all.texts, "{name}: not all are sure");
        assert_eq!(all.exact, all.texts, "{name}: not all are the token");
        credentials.merge(all);
    }
    page += "\n## What only looks like one\n\n\
             All of it matches VNX-SEC-027, so the default reports it. With\n\
             `--min-confidence medium` the fourth column is what is still reported.\n\n\
             | kind | texts | found | medium or high | high |\n";
    page += HEAD;
    for (kind, make) in LOOKALIKES {
        let mut all = Score::default();
        for seed in 0..EACH {
            let text = make(seed);
            score(&scanner, "VNX-SEC-027", "", text.as_bytes(), &mut all);
        }
        writeln!(page, "{}", all.row(kind)).unwrap();
        assert_eq!(all.found, all.texts, "{kind}: the base rule matches all");
        assert_eq!(all.high, 0, "{kind}");
        assert!(all.medium * 100 <= all.texts, "{kind}: {}", all.medium);
        lookalikes.merge(all);
    }
    page += "\n## Together\n\n\
             | `--min-confidence` | recall | precision |\n|---|---|---|\n";
    for (level, count) in LEVELS {
        let (right, wrong) = (count(&credentials), count(&lookalikes));
        let recall = percent(right, credentials.texts);
        let precision = percent(right, right + wrong);
        writeln!(page, "| {level} | {recall} | {precision} |").unwrap();
    }
    support::generated("docs/accuracy.md", &page);
}
