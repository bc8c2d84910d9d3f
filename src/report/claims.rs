//! What a JWT says about itself, as reports tell it. A stranger may have written
//! it: texts are masked.

use serde::Serialize;

use crate::jwt::Claims;
use crate::mask::Mask;

/// What a JWT says about itself. Its signature is not checked.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ClaimsRecord {
    /// When it expires, in ISO 8601.
    expires: Option<String>,
    /// Whether that is past, if it says so. An expired token is of low severity.
    expired: Option<bool>,
    /// What it may do: at most the first twenty.
    scopes: Vec<String>,
    /// Whom it is for: at most the first twenty.
    audience: Vec<String>,
}

impl ClaimsRecord {
    pub(super) fn new(claims: &Claims, mask: &Mask) -> Self {
        let texts = |texts: &[String]| texts.iter().map(|text| entry(text, mask)).collect();
        Self {
            expires: claims.expiry(),
            expired: claims.expired(),
            scopes: texts(&claims.scopes),
            audience: texts(&claims.audience),
        }
    }

    /// The same in a sentence without an end.
    pub(super) fn phrase(&self) -> String {
        let day = |expires: &str| expires.get(..10).unwrap_or(expires).to_owned();
        let expiry = match (&self.expires, self.expired) {
            (Some(expires), Some(true)) => format!("expired on {}", day(expires)),
            (Some(expires), _) => format!("valid until {}", day(expires)),
            (None, Some(true)) => "expired".to_owned(),
            (None, _) => "no expiry".to_owned(),
        };
        let list = |label: &str, entries: &[String]| {
            (!entries.is_empty()).then(|| format!("{label} {}", entries.join(", ")))
        };
        let scopes = list("scopes", &self.scopes);
        let audience = list("audience", &self.audience);
        let parts = [Some(expiry), scopes, audience];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

/// One scope or audience: a longer one is cut.
fn entry(text: &str, mask: &Mask) -> String {
    const LONGEST: usize = 100;
    let masked = hide_runs(&mask.text(text.as_bytes()));
    match masked.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &masked[..end]),
        None => masked,
    }
}

/// A text with stars for what may be a token without its prefix: scopes are words,
/// and audiences are addresses or have dashes.
fn hide_runs(text: &str) -> String {
    const LONGEST_WORD: usize = 16;
    let mut shown = String::new();
    for run in text.split_inclusive(|character: char| !character.is_ascii_alphanumeric()) {
        let word = run.trim_end_matches(|character: char| !character.is_ascii_alphanumeric());
        if word.len() > LONGEST_WORD {
            shown.push_str(&"*".repeat(word.len()));
            shown.push_str(&run[word.len()..]);
        } else {
            shown.push_str(run);
        }
    }
    shown
}
