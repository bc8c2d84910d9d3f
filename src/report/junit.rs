//! `junit`: test results in the XML of JUnit, for platforms that show tests.
//!
//! A finding is a test that failed, what could not be scanned a test that ended in
//! an error, and a scan without either one test that passed, as a report without
//! tests is an error to many who read it. The form is the one that Jenkins reads.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::format::{Delivery, Format, Presentation, SecretPolicy};
use super::message::{self, Others, headline, paragraphs};
use super::same_token::SameToken;
use super::summary;
use super::{Outcome, Report, Unscanned};
use crate::config::Details;
use crate::finding::Finding;

pub(super) const FORMAT: Format = Format {
    name: "junit",
    about: "JUnit XML, a failed test for each finding",
    notes: "What could not be scanned is a test that ended in an error, and a clean scan is one \
        test that passed.",
    secrets: SecretPolicy::Never,
    details: Details::NONE,
    delivery: Delivery::AtEnd(write),
};

/// A test, and how it failed if it did.
struct TestCase {
    name: String,
    /// The file, which groups tests where they are shown.
    class: String,
    failure: Option<Failure>,
}

struct Failure {
    /// `failure` or `error`.
    element: &'static str,
    kind: String,
    message: String,
    text: String,
}

fn write(report: &Report, shown: &Presentation, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let cases = cases(report, shown);
    let time = format!("{:.3}", report.elapsed.as_secs_f64());
    let counts = [
        ("name", env!("CARGO_PKG_NAME").to_owned()),
        ("tests", cases.len().to_string()),
        ("failures", report.findings.len().to_string()),
        ("errors", report.unscanned.len().to_string()),
        ("time", time),
    ];
    let suites = element("testsuites", &counts);
    let suite = element("testsuite", &counts);
    xml.write_event(Event::Start(suites))?;
    xml.write_event(Event::Start(suite))?;
    for case in &cases {
        test_case(case, &mut xml)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    xml.into_inner().write_all(b"\n")
}

fn cases(report: &Report, shown: &Presentation) -> Vec<TestCase> {
    if report.outcome() == Outcome::Clean {
        return vec![TestCase {
            name: summary::headline(report),
            class: env!("CARGO_PKG_NAME").to_owned(),
            failure: None,
        }];
    }
    let same = SameToken::new(&report.findings);
    let found = report.findings.iter();
    let found = found.map(|finding| failed(finding, &same, shown));
    let missed = report.unscanned.iter();
    let missed = missed.map(|unscanned| not_scanned(unscanned, report, shown));
    found.chain(missed).collect()
}

fn failed(finding: &Finding, same: &SameToken<'_>, shown: &Presentation) -> TestCase {
    let path = shown.mask.text(finding.project_path.bytes());
    let place = finding.location;
    let place = format!("{path}:{}:{}", place.line, place.column);
    TestCase {
        name: format!("{} at {place}", finding.rule.id),
        class: path,
        failure: Some(Failure {
            element: "failure",
            kind: finding.rule.id.clone(),
            message: headline(finding),
            text: format!(
                "{place}\n{}",
                paragraphs(finding, same, Others::Here, &shown.mask).join("\n")
            ),
        }),
    }
}

fn not_scanned(unscanned: &Unscanned, report: &Report, shown: &Presentation) -> TestCase {
    let path = report.project.path_of(&unscanned.path);
    let told = message::unscanned(unscanned, &shown.mask);
    TestCase {
        name: format!("not scanned: {told}"),
        class: shown.mask.text(path.bytes()),
        failure: Some(Failure {
            element: "error",
            kind: "not scanned".to_owned(),
            message: told.clone(),
            text: told,
        }),
    }
}

fn test_case(case: &TestCase, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
    let about = [
        ("name", case.name.clone()),
        ("classname", case.class.clone()),
        ("time", "0".to_owned()),
    ];
    let start = element("testcase", &about);
    let Some(failure) = &case.failure else {
        return xml.write_event(Event::Empty(start));
    };
    let about = [
        ("type", failure.kind.clone()),
        ("message", failure.message.clone()),
    ];
    xml.write_event(Event::Start(start))?;
    xml.write_event(Event::Start(element(failure.element, &about)))?;
    xml.write_event(Event::Text(BytesText::new(&allowed(&failure.text))))?;
    xml.write_event(Event::End(BytesEnd::new(failure.element)))?;
    xml.write_event(Event::End(BytesEnd::new("testcase")))
}

fn element(name: &'static str, attributes: &[(&str, String)]) -> BytesStart<'static> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, allowed(value).as_ref()));
    }
    element
}

/// A text without the characters that XML 1.0 knows no way to write.
fn allowed(text: &str) -> Cow<'_, str> {
    let is_forbidden = |character| matches!(character, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) {
        text.replace(is_forbidden, "\u{fffd}").into()
    } else {
        text.into()
    }
}
