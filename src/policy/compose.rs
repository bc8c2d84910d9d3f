//! Compose: the variables that a compose file gives to its services and to their builds.
//!
//! Files that it names, such as those of `env_file`, are not read.

use std::collections::HashSet;
use std::ops::Range;

use super::yaml::{self, Fault, Yaml};

/// What of a compose file is looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Compose {
    /// The variables that have a value, in order, each once however often it is merged.
    pub(crate) variables: Vec<ComposeVariable>,
}

/// A variable with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ComposeVariable {
    /// The service's name.
    pub(crate) service: String,
    /// Who is given it.
    pub(crate) receiver: Receiver,
    /// The name.
    pub(crate) name: String,
    /// Where the name is written.
    pub(crate) span: Range<usize>,
    /// The value.
    pub(crate) value: String,
    /// Where the value is written.
    pub(crate) value_span: Range<usize>,
}

/// Who is given a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receiver {
    /// The service's containers.
    Container,
    /// The build of its image.
    Build,
}

impl Compose {
    /// Reads a compose file.
    ///
    /// # Errors
    /// The [`Fault`] of what is no YAML.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let documents = yaml::read(bytes)?;
        let mut variables = Vec::new();
        let services = documents.iter().filter_map(|it| it.get("services"));
        for (name, service) in services.flat_map(Yaml::entries) {
            let name = name.as_str().unwrap_or_default();
            let build = service.get("build").and_then(|it| it.get("args"));
            for (receiver, list) in [
                (Receiver::Container, service.get("environment")),
                (Receiver::Build, build),
            ] {
                for pair in list.into_iter().flat_map(|it| pairs(bytes, it)) {
                    variables.push(ComposeVariable {
                        service: name.to_owned(),
                        receiver,
                        name: pair.name,
                        span: pair.span,
                        value: pair.value,
                        value_span: pair.value_span,
                    });
                }
            }
        }
        let mut seen = HashSet::new();
        variables.retain(|it| seen.insert(it.span.clone()));
        Ok(Self { variables })
    }
}

/// A name and a value, and where both are written.
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) span: Range<usize>,
    pub(super) value: String,
    pub(super) value_span: Range<usize>,
}

/// The pairs of a mapping, or of a list of `NAME=value`.
pub(super) fn pairs(bytes: &[u8], list: &Yaml) -> Vec<Pair> {
    let of_mapping = list.entries().into_iter().filter_map(|(key, value)| {
        Some(Pair {
            name: key.as_str()?.to_owned(),
            span: key.span.clone(),
            value: value.as_str()?.to_owned(),
            value_span: value.span.clone(),
        })
    });
    let of_list = list.items().iter().filter_map(|item| {
        let (name, value) = item.as_str()?.split_once('=')?;
        let written = bytes.get(item.span.clone()).unwrap_or_default();
        let at = memchr::memmem::find(written, name.as_bytes())?;
        let start = item.span.start + at;
        let span = start..start + name.len();
        Some(Pair {
            name: name.to_owned(),
            value_span: span.end + 1..item.span.end.max(span.end + 1),
            span,
            value: value.to_owned(),
        })
    });
    of_mapping.chain(of_list).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_and_merged_ones_are_read() {
        let text = "x-env: &env\r\n  HF_TOKEN: abc\r\nservices:\r\n  a:\r\n    environment:\r\n      \
            <<: *env\r\n      B: \"1\"\r\n      C:\r\n  b:\r\n    build:\r\n      context: .\r\n      \
            args: [\"D=2\", E]\r\n    environment: *env\r\n";
        let compose = Compose::read(text.as_bytes()).expect("it is YAML");
        let told = |it: &ComposeVariable| {
            let span = text[it.span.clone()].to_owned();
            (
                it.service.clone(),
                it.receiver,
                it.name.clone(),
                span,
                it.value.clone(),
            )
        };
        let told: Vec<_> = compose.variables.iter().map(told).collect();
        let wanted = |service: &str, receiver, name: &str, value: &str| {
            let name = name.to_owned();
            (
                service.to_owned(),
                receiver,
                name.clone(),
                name,
                value.to_owned(),
            )
        };
        assert_eq!(
            told,
            [
                wanted("a", Receiver::Container, "B", "1"),
                wanted("a", Receiver::Container, "C", ""),
                wanted("a", Receiver::Container, "HF_TOKEN", "abc"),
                wanted("b", Receiver::Build, "D", "2"),
            ]
        );
        assert!(Compose::read(b"services: [\n").is_err());
        let other = Compose::read(b"a: b\n").expect("it is YAML");
        assert_eq!(other.variables, []);
    }
}
