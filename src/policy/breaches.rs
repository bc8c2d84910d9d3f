//! Breaches: takes down what a practice finds in a document, by its place in the file.

use std::ops::Range;

pub(crate) use crate::breach::Breach;
use crate::confidence::Confidence;
use crate::source_map::Mapped;
use crate::within::Within;

/// Takes down the breaches of one practice in one document.
pub(crate) struct Breaches<'b> {
    rule: usize,
    place: Place<'b>,
    found: &'b mut Vec<Breach>,
}

/// Where a document stands in its file.
#[derive(Clone, Copy)]
pub(crate) enum Place<'p> {
    /// It is the file.
    File,
    /// It was taken out of the file.
    Passage(&'p Passage<'p>),
}

/// A text that was taken out of a file.
pub(crate) struct Passage<'p> {
    /// The text, and where it stands in the file.
    pub(crate) text: &'p Mapped,
    /// Which part of a structured file a place of the text is in, if it is in one.
    pub(crate) within: &'p dyn Fn(usize) -> Option<Within>,
}

/// A message in which nothing is markup, a link or a mention, whatever the names in it are: a
/// stranger chose them, and many who show messages take them for Markdown.
fn harmless(message: &str) -> String {
    let harmless = |it: char| match it {
        '<' | '>' | '[' | ']' | '!' | '*' | '@' | '|' | '~' | '#' | '\\' => '?',
        it if it.is_control() => '?',
        it => it,
    };
    let mut text: String = message.chars().map(harmless).collect();
    text = text.replace("://", ":??");
    // A name with a backtick in it would have what is behind it taken for code.
    if !text.matches('`').count().is_multiple_of(2) {
        text = text.replace('`', "'");
    }
    text
}

impl<'b> Breaches<'b> {
    /// Takes down what the practice of a rule finds in a document.
    pub(crate) fn new(rule: usize, place: Place<'b>, found: &'b mut Vec<Breach>) -> Self {
        Self { rule, place, found }
    }

    /// Takes down a breach at `span` of the document's bytes.
    pub(crate) fn add(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.add_unsure(span, Confidence::High, message);
    }

    /// The same where it is less than sure.
    pub(crate) fn add_unsure(
        &mut self,
        span: Range<usize>,
        confidence: Confidence,
        message: impl Into<String>,
    ) {
        self.take_down(span, None, confidence, &message.into());
    }

    /// The same where a literal stands near, at `secret`, that may be a token of no form
    /// that a rule knows: it is never shown.
    pub(crate) fn add_with_secret(
        &mut self,
        span: Range<usize>,
        secret: Range<usize>,
        message: impl Into<String>,
    ) {
        self.take_down(span, Some(secret), Confidence::High, &message.into());
    }

    fn take_down(
        &mut self,
        span: Range<usize>,
        secret: Option<Range<usize>>,
        confidence: Confidence,
        message: &str,
    ) {
        let (span, secret, within) = match self.place {
            Place::File => (span, secret, None),
            Place::Passage(passage) => {
                let within = (passage.within)(span.start);
                let in_file = |part: &Range<usize>| passage.text.source_of(part);
                (in_file(&span), secret.as_ref().map(in_file), within)
            }
        };
        self.found.push(Breach {
            span,
            rule: self.rule,
            message: harmless(message),
            secret,
            confidence,
            within,
        });
    }
}
