//! A finding: one match of a credential, or one breach of a practice, judged.
//!
//! It owns what reports need and nothing of the file it came from.

use std::cmp::Ordering;
use std::sync::Arc;

use serde::Serialize;

use crate::blob::Origin;
use crate::confidence::Confidence;
use crate::context::Context;
use crate::encoding::Encoding;
use crate::excerpt::Excerpt;
use crate::fingerprint::{Fingerprint, TokenId};
use crate::history::{Change, History};
use crate::jwt::Claims;
use crate::line_hash::LineHash;
use crate::project::ProjectPath;
use crate::reason::Reason;
use crate::remedy::Remedy;
use crate::rule::Rule;
use crate::secret::Secret;
use crate::severity::Severity;
use crate::within::Within;

/// Where in a blob a match is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Location {
    /// Bytes before the match.
    pub offset: u64,
    /// Bytes of the match, with what a format has glued to its end. A run of more
    /// than 1 MiB is reported by its first 1 MiB.
    pub length: u64,
    /// 1-based line; lines end at a line feed.
    pub line: u64,
    /// 1-based column of the first byte, in bytes.
    pub column: u64,
    /// 1-based column of the first byte, in UTF-16 units of the text that the
    /// line's bytes give when what is not UTF-8 is replaced.
    #[serde(skip)]
    pub utf16_column: u64,
    /// The UTF-16 column after the last byte.
    #[serde(skip)]
    pub utf16_end_column: u64,
}

impl Location {
    /// The first byte of a file.
    pub const START: Self = Self {
        offset: 0,
        length: 1,
        line: 1,
        column: 1,
        utf16_column: 1,
        utf16_end_column: 2,
    };
}

/// A credential in a place, or what is done with one there.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The rule that matched.
    pub rule: Arc<Rule>,
    /// What it was found in.
    pub origin: Arc<Origin>,
    /// The same, as the project names it.
    pub project_path: Arc<ProjectPath>,
    /// Where in it: where it stands, or what it is an encoding of.
    pub location: Location,
    /// How it is encoded there, the outermost encoding first. Most are not.
    pub encodings: Vec<Encoding>,
    /// Which part of a structured file it is in.
    pub within: Option<Within>,
    /// How much damage it can do: as the rule says, but low if it has expired.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why it is as sure as that.
    pub reasons: Vec<Reason>,
    /// The kind of place, which chooses the remedy.
    pub context: Context,
    /// What was found.
    pub subject: Subject,
    /// The finding's name across versions of the file.
    pub fingerprint: Fingerprint,
    /// GitHub's name for the line, where a report asks for it.
    pub line_hash: Option<LineHash>,
    /// The line around it, masked, where a report asks for it.
    pub excerpt: Option<Excerpt>,
    /// How it came into the repository, where it is in a git object.
    pub history: Option<Arc<History>>,
}

/// What a finding is about.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A token stands there.
    Token(Token),
    /// A token is handled there in a way that it may leak by: what is done, in a
    /// clause. Names in it are the file's own, tokens masked.
    Practice(String),
}

/// A token that was found.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token, without what a format has glued to its end.
    pub secret: Secret,
    /// The token's name, wherever it stands.
    pub id: TokenId,
    /// What it says about itself, if it is a JWT.
    pub claims: Option<Arc<Claims>>,
}

impl Finding {
    /// The token that was found, where one was.
    #[must_use]
    pub fn token(&self) -> Option<&Token> {
        match &self.subject {
            Subject::Token(token) => Some(token),
            Subject::Practice(_) => None,
        }
    }

    /// What the token says about itself, if it is a JWT.
    #[must_use]
    pub fn claims(&self) -> Option<&Claims> {
        self.token()?.claims.as_deref()
    }

    /// What is done there, in a clause, where that is what was found.
    #[must_use]
    pub fn practice(&self) -> Option<&str> {
        match &self.subject {
            Subject::Token(_) => None,
            Subject::Practice(clause) => Some(clause),
        }
    }

    /// What to show of what was found: the token, redacted, or what is done there.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.subject {
            Subject::Token(token) => token.secret.to_string(),
            Subject::Practice(message) => message.clone(),
        }
    }

    /// What to do about it here, once it is revoked.
    #[must_use]
    pub fn remedy(&self) -> &Remedy {
        self.rule.remedy(self.context)
    }

    /// What to do about it, in order: a token is revoked first.
    #[must_use]
    pub fn remedies(&self) -> Vec<&str> {
        let revoke = self.rule.credential().map(|it| it.revoke.as_str());
        let history = self.history.as_ref();
        let history = history.and_then(|_| self.rule.remedies.history.as_deref());
        let here = Some(self.remedy().text.as_str());
        [revoke, history, here].into_iter().flatten().collect()
    }

    /// The file that can be opened, as the project names it, and where in it this is: of
    /// a container, only its beginning can be told.
    #[must_use]
    pub fn site(&self) -> (ProjectPath, Location) {
        let location = match *self.origin {
            Origin::Member(_) => Location::START,
            _ => self.location,
        };
        (self.project_path.file(), location)
    }

    /// The first commit that brought it into the repository, the most public one.
    #[must_use]
    pub fn introduced_by(&self) -> Option<&Change> {
        self.history.as_ref()?.introduced.first.first()
    }

    /// The order of reports: path, position, rule.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let key = |finding: &Self| (finding.location.offset, finding.location.length);
        let paths = self.origin.path().cmp(other.origin.path());
        paths
            .then_with(|| self.within.cmp(&other.within))
            .then_with(|| key(self).cmp(&key(other)))
            .then_with(|| self.rule.id.cmp(&other.rule.id))
            .then_with(|| self.fingerprint.cmp(&other.fingerprint))
    }
}
