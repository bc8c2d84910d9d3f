//! Reads comments that say to leave a line alone: `hfleaks:allow`, and those
//! of the tools that a project may come from.

use std::ops::Range;

use crate::mask::Mask;
use crate::rule::is_rule_id;
use crate::suppression::Suppression;
use crate::view::View;

/// The comments, and whether a rule may be named behind them.
const MARKERS: [(&str, Names); 10] = [
    ("hfleaks:allow", Names::OwnRules),
    ("gitleaks:allow", Names::Nothing),
    // The spellings that detect-secrets takes.
    ("pragma: allowlist secret", Names::Nothing),
    ("pragma:allowlist secret", Names::Nothing),
    ("pragma: allowlist-secret", Names::Nothing),
    ("pragma:allowlist-secret", Names::Nothing),
    ("pragma: whitelist secret", Names::Nothing),
    ("pragma:whitelist secret", Names::Nothing),
    ("pragma: whitelist-secret", Names::Nothing),
    ("pragma:whitelist-secret", Names::Nothing),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    OwnRules,
    Nothing,
}

/// A comment: where it stands in the view, and what it allows.
struct Comment {
    at: usize,
    rules: Vec<String>,
    suppression: Suppression,
}

/// The comments of one line of a view.
///
/// The line is kept with them, so that a line with many matches is read once.
pub(crate) struct Allowances {
    line: Range<usize>,
    comments: Vec<Comment>,
}

impl Allowances {
    /// No line has been read.
    pub(crate) fn new() -> Self {
        Self {
            line: 0..0,
            comments: Vec::new(),
        }
    }

    /// What the line around `span` of `bytes` says of a match of `rule`.
    ///
    /// A comment counts on the same line, and where lines are endless up to
    /// [`View::MARGIN`] bytes away.
    pub(crate) fn find(
        &mut self,
        bytes: &[u8],
        span: &Range<usize>,
        rule: &str,
        mask: &Mask,
    ) -> Option<Suppression> {
        if !(self.line.start <= span.start && span.end <= self.line.end) || self.line.is_empty() {
            self.read_line(bytes, span, mask);
        }
        let near = |comment: &&Comment| {
            comment.at + View::MARGIN >= span.start && comment.at <= span.end + View::MARGIN
        };
        let holds = |comment: &&Comment| {
            comment.rules.is_empty() || comment.rules.iter().any(|named| named == rule)
        };
        let comment = self.comments.iter().filter(near).find(holds)?;
        Some(comment.suppression.clone())
    }

    fn read_line(&mut self, bytes: &[u8], span: &Range<usize>, mask: &Mask) {
        let start = memchr::memrchr(b'\n', &bytes[..span.start]).map_or(0, |newline| newline + 1);
        let length = memchr::memchr(b'\n', &bytes[span.end..]);
        self.line = start..length.map_or(bytes.len(), |length| span.end + length);
        let line = &bytes[self.line.clone()];
        self.comments.clear();
        for (marker, names) in MARKERS {
            for place in memchr::memmem::find_iter(line, marker) {
                let rest = &line[place + marker.len()..];
                let before = line[..place].last();
                let is_part = [before, rest.first()]
                    .into_iter()
                    .flatten()
                    .any(|&b| continues_word(b));
                if !is_part {
                    let (rules, reason) = read_rest(rest, names, mask);
                    self.comments.push(Comment {
                        at: start + place,
                        rules,
                        suppression: Suppression::Inline {
                            marker: marker.to_owned(),
                            reason,
                        },
                    });
                }
            }
        }
    }
}

fn continues_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// The rules and the reason behind a marker: `(A-1, A-2) reason`,
/// `A-1 reason`, `=A-1: reason`.
fn read_rest(rest: &[u8], names: Names, mask: &Mask) -> (Vec<String>, Option<String>) {
    /// A longer reason is cut, but not before it is masked: half a token is not known for
    /// one.
    const LONGEST_REASON: usize = 200;
    const LONGEST_READ: usize = 4096;
    let text = mask.words(&rest[..rest.len().min(LONGEST_READ)]);
    let end = text.char_indices().nth(LONGEST_REASON);
    let mut text = text[..end.map_or(text.len(), |(end, _)| end)].trim_start();
    let mut rules = Vec::new();
    if names == Names::OwnRules {
        let separators = [' ', ',', ':', '=', '(', ')'];
        loop {
            let next = text.trim_start_matches(separators);
            let word = next.split(separators).next().unwrap_or_default();
            if !is_rule_id(word) {
                break;
            }
            rules.push(word.to_owned());
            text = &next[word.len()..];
        }
    }
    let reason = text
        .trim_start_matches([' ', ':', ',', '=', ')', '-', '–', '—'])
        .trim_end_matches("\\r")
        .trim_end_matches("*/")
        .trim_end_matches("-->")
        .trim();
    (rules, (!reason.is_empty()).then(|| reason.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule_set::RuleSet;

    fn found(line: &str) -> Option<Suppression> {
        let start = line.find("hf_").expect("the line has a token");
        let mask = Mask::new(&RuleSet::embedded());
        Allowances::new().find(line.as_bytes(), &(start..start + 3), "VNX-SEC-027", &mask)
    }

    fn inline(marker: &str, reason: Option<&str>) -> Suppression {
        Suppression::Inline {
            marker: marker.to_owned(),
            reason: reason.map(str::to_owned),
        }
    }

    #[test]
    fn a_comment_may_name_a_rule_and_a_reason() {
        for (line, reason) in [
            ("hf_ # hfleaks:allow", None),
            (
                "/* hfleaks:allow documented */ hf_",
                Some("documented */ hf_"),
            ),
            ("hf_ /* hfleaks:allow documented */", Some("documented")),
            ("hf_ <!-- hfleaks:allow: example -->", Some("example")),
            (
                "hf_ # hfleaks:allow VNX-SEC-027 an example\r",
                Some("an example"),
            ),
            (
                "hf_ # hfleaks:allow(VNX-SEC-027, ACME-1): both",
                Some("both"),
            ),
        ] {
            assert_eq!(found(line), Some(inline("hfleaks:allow", reason)), "{line}");
        }
    }

    #[test]
    fn the_comments_of_other_tools_are_honoured() {
        assert_eq!(
            found("hf_ # gitleaks:allow"),
            Some(inline("gitleaks:allow", None))
        );
        for spelling in ["pragma:allowlist secret", "pragma: whitelist-secret"] {
            assert!(found(&format!("hf_ # {spelling}")).is_some(), "{spelling}");
        }
        let pragma = "pragma: allowlist secret";
        assert_eq!(
            found(&format!("hf_ # {pragma}")),
            Some(inline(pragma, None))
        );
    }

    #[test]
    fn what_is_not_meant_does_not_count() {
        for line in [
            "hf_ # hfleaks:allowed",
            "hf_ # nothfleaks:allow",
            "hf_ # hfleaks:allow,OTHER-1",
            "hf_ # hfleaks:allow=OTHER-1",
            "hf_ # hfleaks:allow: OTHER-1",
            "hf_ # hfleaks:allow VNX-SEC-072",
            "hf_ # hfleaks:allow(ACME-1)",
            "hf_\n# hfleaks:allow",
            "# hfleaks:allow\nhf_",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
        let far = format!("hf_{}hfleaks:allow", " ".repeat(View::MARGIN + 10));
        assert_eq!(found(&far), None);
    }
}
