//! Names: which variables hold a Hugging Face token, by what they are called.
//!
//! There is no list of them: people put what the token is for into the name.

/// Words of Hugging Face.
const PROVIDER: &[&str] = &["HF", "HUGGINGFACE", "HUGGINGFACEHUB", "HFHUB"];

/// Words of secrets.
const SECRET: &[&str] = &["TOKEN", "TOKENS", "PAT", "APIKEY", "SECRET"];

/// What a name ends with that is about a token and holds none.
const ABOUT: &[&str] = &[
    "PATH",
    "FILE",
    "DIR",
    "NAME",
    "ID",
    "URL",
    "TYPE",
    "LENGTH",
    "LEN",
    "COUNT",
    "LIMIT",
    "EXPIRES",
    "EXPIRY",
    "SET",
    "REQUIRED",
    "VALID",
    "PRESENT",
    "EXISTS",
    "CLASS",
    "IDS",
    "CONFIGURED",
    "ENABLED",
    "DISABLED",
    "AVAILABLE",
    "EXPIRED",
    "STATUS",
];

/// What a secret's name ends with that is no token's: what is no secret is put among them
/// all the same.
const NO_TOKEN: &[&str] = &[
    "USERNAME",
    "USER",
    "ORG",
    "ORGANIZATION",
    "ORGANISATION",
    "NAMESPACE",
    "OWNER",
    "REPO",
    "REPOSITORY",
    "SPACE",
    "MODEL",
    "DATASET",
    "BUCKET",
    "ENDPOINT",
    "HOST",
    "HOME",
    "EMAIL",
    "ACCOUNT",
    "WEBHOOK",
];

/// Whether a variable of this name holds a token of Hugging Face: `HF_TOKEN`,
/// `HUGGING_FACE_HUB_TOKEN`, `HF_WRITE_TOKEN`, `hf_token`, `huggingface-api-key`.
pub(crate) fn is_token_name(name: &str) -> bool {
    let upper = upper(name);
    let words = words(&upper);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let is_key = words
        .windows(2)
        .any(|pair| matches!(pair, ["API" | "ACCESS" | "HUB" | "SECRET", "KEY"]));
    let is_glued = words
        .iter()
        .any(|word| matches!(*word, "HFTOKEN" | "HUGGINGFACETOKEN"));
    (is_glued || has(PROVIDER) && (has(SECRET) || is_key)) && is_of_a_value(&words)
}

/// Whether an encrypted secret of this name is a token of Hugging Face. It need not say so, as
/// in `HF_WRITE`.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let upper = upper(name);
    let words = words(&upper);
    let is_ours = words.iter().any(|word| PROVIDER.contains(word));
    let is_another = words.last().is_some_and(|last| NO_TOKEN.contains(last));
    is_token_name(name) || is_ours && !is_another && is_of_a_value(&words)
}

fn upper(name: &str) -> String {
    let upper = name.to_uppercase().replace('-', "_");
    upper.replace("HUGGING_FACE", "HUGGINGFACE")
}

fn words(upper: &str) -> Vec<&str> {
    upper.split('_').filter(|word| !word.is_empty()).collect()
}

/// Whether it is a value, and not a switch or something about a value.
fn is_of_a_value(words: &[&str]) -> bool {
    const SWITCH: &[&str] = &[
        "DISABLE", "ENABLE", "USE", "NO", "HAS", "MAX", "MIN", "NUM", "IS", "IMPLICIT",
    ];
    let is_switch = words.iter().any(|word| SWITCH.contains(word));
    !is_switch && words.last().is_none_or(|last| !ABOUT.contains(last))
}

/// Whether anything of Hugging Face may be named in a file.
pub(crate) fn may_occur(bytes: &[u8]) -> bool {
    let is_near = |place: usize| {
        let word = &bytes[place..bytes.len().min(place + 7)];
        let is_short = word.len() > 1 && word[1].eq_ignore_ascii_case(&b'f');
        is_short || word.eq_ignore_ascii_case(b"hugging")
    };
    memchr::memchr2_iter(b'h', b'H', bytes).any(is_near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_tokens_are_told_from_other_names() {
        for name in [
            "HF_TOKEN",
            "hf_token",
            "HUGGING_FACE_HUB_TOKEN",
            "HUGGINGFACE_TOKEN",
            "HUGGINGFACEHUB_API_TOKEN",
            "HUGGINGFACE_API_KEY",
            "HF_TOKEN_WRITE",
            "ORG_HF_PUBLISH_TOKEN",
            "HFTOKEN",
            "hf-token",
            "HF_PAT",
        ] {
            assert!(is_token_name(name), "{name}");
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["HF_WRITE", "HUGGINGFACE", "hf_ci"] {
            assert!(is_secret_name(name) && !is_token_name(name), "{name}");
        }
        for name in [
            "HF_USERNAME",
            "HF_ORG",
            "GITHUB_TOKEN",
            "HF_TOKEN_ENABLED",
            "DOCKER_PAT",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
        for name in [
            "TOKEN",
            "GITHUB_TOKEN",
            "HF_HOME",
            "HF_TOKEN_PATH",
            "HF_HUB_DISABLE_IMPLICIT_TOKEN",
            "HF_MAX_TOKENS",
            "HF_REPO_ID",
            "SHF_TOKEN",
            "HF_OIDC_RESOURCE",
            "MAX_HF_TOKENS",
            "",
        ] {
            assert!(!is_token_name(name), "{name}");
        }
    }

    #[test]
    fn files_without_the_providers_name_are_told() {
        for text in ["hf", "x: HF_TOKEN", "from huggingface_hub", "HUGGING_FACE"] {
            assert!(may_occur(text.as_bytes()), "{text}");
        }
        for text in ["", "h", "the hugs", "huggin", "shell: bash"] {
            assert!(!may_occur(text.as_bytes()), "{text}");
        }
    }
}
