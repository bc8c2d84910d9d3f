//! The judge of one blob: makes findings of hits, and says which are left out
//! of the report and why.
//!
//! A blob without hits costs it nothing.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::allow::Allowances;
use super::extent::extent;
use super::grade::grade;
use super::place::context_at;
use crate::blob::Origin;
use crate::breach::Breach;
use crate::config::{Config, Detail};
use crate::context::Context;
use crate::cursor::Cursor;
use crate::excerpt::Excerpt;
use crate::finding::{Finding, Location, Subject, Token};
use crate::fingerprint::{Fingerprint, TokenId};
use crate::hit::Hit;
use crate::jwt::Claims;
use crate::line_hash::{LineHasher, MOST_HASHED};
use crate::name_class::NameClass;
use crate::project::ProjectPath;
use crate::rule::Rule;
use crate::secret::Secret;
use crate::severity::Severity;
use crate::suppression::Suppression;
use crate::view::{Appetite, Behind, End, View};

/// What judging depends on, the same for all blobs of a scan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Law<'s> {
    pub(crate) config: &'s Config,
}

impl Law<'_> {
    /// What becomes of a finding; `inline` is what a comment beside it says.
    pub(crate) fn verdict(self, finding: &Finding, inline: Option<Suppression>) -> Verdict {
        if let Some(inline) = inline {
            Verdict::Suppress(inline)
        } else if self.config.baseline.contains(&finding.fingerprint) {
            Verdict::Suppress(Suppression::Baseline)
        } else if finding.confidence < self.config.min_confidence {
            Verdict::BelowMinConfidence
        } else {
            Verdict::Report
        }
    }
}

/// What becomes of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is reported.
    Report,
    /// It is of less confidence than the user asks for.
    BelowMinConfidence,
    /// Somebody said to leave it alone.
    Suppress(Suppression),
}

/// Judges the hits of one blob.
pub(crate) struct Judge<'j> {
    law: Law<'j>,
    class: Option<NameClass>,
    cursor: Cursor,
    place: Option<Place>,
    judged: Vec<(Finding, Verdict)>,
    fault: Option<io::Error>,
}

/// What is judged, and what is around it.
#[derive(Clone, Copy)]
struct Sighting<'v> {
    origin: &'v Origin,
    view: &'v [u8],
    hit: &'v Hit,
    /// All hits of the view.
    hits: &'v [Hit],
}

impl Sighting<'_> {
    /// The kind of place it is in. Of an encoded token, what is around the encoding may
    /// say more than what is around the token.
    fn context(&self, config: &Config) -> Context {
        let of = |bytes: &[u8], span: &Range<usize>| {
            context_at(self.origin.path(), bytes, span, &config.project)
        };
        let (bytes, span) = self.hit.text(self.view);
        match of(bytes, span) {
            Context::Other if self.hit.decoded.is_some() => of(self.view, &self.hit.span),
            context => context,
        }
    }

    /// Where encoded tokens stand in the bytes that are shown: there, only hits tell.
    fn encoded(&self) -> Vec<Range<usize>> {
        if self.hit.decoded.is_some() {
            return Vec::new();
        }
        let encoded = self.hits.iter().filter(|hit| hit.decoded.is_some());
        encoded.map(|hit| hit.span.clone()).collect()
    }

    /// The tokens nearby, as they read. In the text of an encoded one, others may stand in
    /// another encoding.
    fn others(&self) -> Vec<&[u8]> {
        if self.hit.decoded.is_none() {
            return Vec::new();
        }
        let (text, span) = self.hit.text(self.view);
        let (before, behind) = Excerpt::source(text, span);
        let (start, end) = (self.hit.span.start, self.hit.span.end);
        let is_near = |hit: &&Hit| hit.span.start < end + behind && start < hit.span.end + before;
        let near = self.hits.iter().filter(is_near);
        near.map(|hit| {
            let (bytes, span) = hit.text(self.view);
            &bytes[span.clone()]
        })
        .collect()
    }
}

/// The blob's names, shared by its findings.
struct Place {
    origin: Arc<Origin>,
    project_path: Arc<ProjectPath>,
}

/// What came of a blob.
pub(crate) struct Judgement {
    /// The findings, in order of position.
    pub(crate) findings: Vec<(Finding, Verdict)>,
    /// Why the lines of findings may be wrong, if they may.
    pub(crate) fault: Option<io::Error>,
}

impl<'j> Judge<'j> {
    pub(crate) fn new(law: Law<'j>, class: Option<NameClass>) -> Self {
        Self {
            law,
            class,
            cursor: Cursor::new(),
            place: None,
            judged: Vec::new(),
            fault: None,
        }
    }

    /// Judges the hits of a view of a blob, in order of position. `decided` of its bytes
    /// are decided.
    pub(crate) fn view(
        &mut self,
        origin: &Origin,
        view: &View<'_>,
        hits: &[Hit],
        decided: usize,
        behind: &mut dyn Behind,
    ) {
        let mut allowances = Allowances::new();
        for hit in hits {
            let rule = self.rule(hit);
            if self.class.is_some_and(|class| rule.excludes(class)) {
                continue;
            }
            self.move_to(view, hit.span.start, behind);
            let found = &view.bytes[hit.span.clone()];
            let start = view.offset + hit.span.start as u64;
            let location = self.cursor.locate(start..start + found.len() as u64, found);
            let mask = &self.law.config.mask;
            let inline = allowances.find(view.bytes, &hit.span, &rule.id, mask);
            let sighting = Sighting {
                origin,
                view: view.bytes,
                hit,
                hits,
            };
            let finding = self.finding(rule, &sighting, location);
            let verdict = self.law.verdict(&finding, inline);
            self.judged.push((finding, verdict));
        }
        if !behind.can_be_read_again() {
            self.move_to(view, decided, behind);
        }
        let hashes = self.law.config.details.line_hashes;
        if view.end == End::OfBlob && !self.judged.is_empty() && hashes == Detail::Keep {
            self.hash_lines(view, behind);
        }
    }

    /// Judges the breaches in a file, of which the view is all, in order of position.
    pub(crate) fn breaches(
        &mut self,
        origin: &Origin,
        view: &View<'_>,
        breaches: &[Breach],
        behind: &mut dyn Behind,
    ) {
        let mut allowances = Allowances::new();
        let mut before: HashMap<(usize, &[u8], &str, bool), u64> = HashMap::new();
        for breach in breaches {
            let rule = self.law.config.rules.iter().nth(breach.rule);
            let rule = Arc::clone(rule.expect("the policy was made of the same rules"));
            if self.class.is_some_and(|class| rule.excludes(class)) {
                continue;
            }
            let span = first_line(view.bytes, &breach.span);
            let found = &view.bytes[span.clone()];
            self.move_to(view, span.start, behind);
            let location = self
                .cursor
                .locate(span.start as u64..span.end as u64, found);
            let mask = &self.law.config.mask;
            let inline = allowances.find(view.bytes, &span, &rule.id, mask);
            let text = &view.bytes[breach.span.clone()];
            // A comment beside one says nothing of the next.
            let same = before.entry((breach.rule, text, &breach.message, inline.is_some()));
            let same = *same.and_modify(|count| *count += 1).or_default();
            let finding = self.breach(rule, origin, view.bytes, breach, (location, same));
            let verdict = self.law.verdict(&finding, inline);
            self.judged.push((finding, verdict));
        }
        if !self.judged.is_empty() && self.law.config.details.line_hashes == Detail::Keep {
            self.hash_lines(view, behind);
        }
    }

    /// The finding of a breach; `before` is how many of the same kind stand before it.
    fn breach(
        &mut self,
        rule: Arc<Rule>,
        origin: &Origin,
        bytes: &[u8],
        breach: &Breach,
        (location, before): (Location, u64),
    ) -> Finding {
        let Law { config } = self.law;
        let place = self.place.get_or_insert_with(|| Place::new(origin, config));
        let path = &place.project_path;
        let span = first_line(bytes, &breach.span);
        Finding {
            severity: rule.severity,
            confidence: breach.confidence,
            reasons: Vec::new(),
            context: Context::of_name(origin.path()),
            subject: Subject::Practice(config.mask.words(breach.message.as_bytes())),
            fingerprint: Fingerprint::of_breach(
                &rule.id,
                path.bytes(),
                &bytes[breach.span.clone()],
                &breach.message,
                before,
            ),
            origin: Arc::clone(&place.origin),
            project_path: Arc::clone(path),
            excerpt: (config.details.excerpts == Detail::Keep)
                .then(|| Excerpt::of_breach(bytes, &span, breach.secret.as_slice(), &config.mask)),
            encodings: Vec::new(),
            within: breach.within.clone(),
            rule,
            location,
            line_hash: None,
            history: None,
        }
    }

    /// Ends the blob.
    pub(crate) fn finish(self) -> Judgement {
        Judgement {
            findings: self.judged,
            fault: self.fault,
        }
    }

    fn rule(&self, hit: &Hit) -> Arc<Rule> {
        let rule = self.law.config.rules.iter().nth(hit.rule);
        Arc::clone(rule.expect("the engine was made of the same rules"))
    }

    /// Moves the cursor to a place in a view, over what is behind if it must.
    fn move_to(&mut self, view: &View<'_>, place: usize, behind: &mut dyn Behind) {
        let cursor = &mut self.cursor;
        if cursor.offset() < view.offset {
            let gap = cursor.offset()..view.offset;
            let read = behind.read_again(gap, &mut |piece| {
                cursor.advance(piece);
                Appetite::More
            });
            if let Err(error) = read {
                self.fault.get_or_insert(error);
            }
            cursor.skip_to(view.offset);
        }
        let from = usize::try_from(cursor.offset() - view.offset);
        let from = from.expect("the cursor is in the view, which is in memory");
        if from < place {
            cursor.advance(&view.bytes[from..place]);
        }
    }

    fn finding(&mut self, rule: Arc<Rule>, sighting: &Sighting<'_>, location: Location) -> Finding {
        let Law { config } = self.law;
        let Sighting { origin, hit, .. } = *sighting;
        let place = self.place.get_or_insert_with(|| Place::new(origin, config));
        let credential = rule.credential();
        let credential = credential.expect("a hit is one of a credential's rule");
        let (bytes, span) = hit.text(sighting.view);
        let extent = extent(credential, bytes, span);
        let grade = grade(credential, bytes, span, extent);
        let token = span.start..span.start + extent.length;
        let found = &bytes[token.clone()];
        let path = &place.project_path;
        let has_expired = grade.claims.as_ref().is_some_and(Claims::has_expired);
        Finding {
            severity: if has_expired {
                Severity::Low
            } else {
                rule.severity
            },
            confidence: grade.confidence,
            reasons: grade.reasons,
            context: sighting.context(config),
            subject: Subject::Token(Token {
                secret: Secret::new(found, &credential.literal),
                id: TokenId::new(found),
                claims: grade.claims.map(Arc::new),
            }),
            fingerprint: Fingerprint::new(&rule.id, path.bytes(), found),
            origin: Arc::clone(&place.origin),
            project_path: Arc::clone(path),
            excerpt: (config.details.excerpts == Detail::Keep).then(|| {
                let (encoded, others) = (sighting.encoded(), sighting.others());
                Excerpt::new(bytes, &token, &encoded, &others, &config.mask)
            }),
            encodings: hit.encodings().to_vec(),
            within: hit.within.clone(),
            rule,
            location,
            line_hash: None,
            history: None,
        }
    }

    /// Hashes the lines of the findings. A stream of more than one view has no
    /// hashes: it cannot be read again.
    fn hash_lines(&mut self, last: &View<'_>, behind: &mut dyn Behind) {
        let lines = self.judged.iter().map(|(finding, _)| finding.location.line);
        let lines: BTreeSet<u64> = lines.collect();
        let mut hasher = LineHasher::new(&lines);
        if last.offset == 0 {
            hasher.push(last.bytes);
        } else if behind.can_be_read_again() {
            let read = behind.read_again(0..MOST_HASHED, &mut |piece| {
                hasher.push(piece);
                if hasher.is_done() {
                    Appetite::Enough
                } else {
                    Appetite::More
                }
            });
            if let Err(error) = read {
                self.fault.get_or_insert(error);
            }
        } else {
            return;
        }
        let hashes = hasher.finish();
        for (finding, _) in &mut self.judged {
            finding.line_hash = hashes.get(&finding.location.line).copied();
        }
    }
}

/// A place up to the end of its first line: reports tell lines by one number.
fn first_line(bytes: &[u8], span: &Range<usize>) -> Range<usize> {
    let found = &bytes[span.clone()];
    let length = memchr::memchr(b'\n', found).unwrap_or(found.len());
    let line = &found[..length];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    span.start..span.start + line.len()
}

impl Place {
    fn new(origin: &Origin, config: &Config) -> Self {
        let path = config.project.path_of_origin(origin);
        Self {
            origin: Arc::new(origin.clone()),
            project_path: Arc::new(path),
        }
    }
}
