//! A manifest of Kubernetes: the names in it that are given a value as it is.
//!
//! What a value comes from elsewhere, by reference or by an operator, is none. A template
//! that is no YAML before it is filled in is not read.

use std::collections::HashSet;
use std::ops::Range;

use super::compose::{self, Pair};
use super::yaml::{self, Fault, Yaml};

/// What of a file of manifests is looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Manifests {
    /// The names that are given a value, in order.
    pub(crate) values: Vec<ManifestValue>,
}

/// A name that is given a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ManifestValue {
    /// What has it, as the manifest calls it: `Secret hf`, `Deployment app`.
    pub(crate) object: String,
    /// How it is kept.
    pub(crate) kept: Kept,
    /// The name.
    pub(crate) name: String,
    /// Where the name is written.
    pub(crate) span: Range<usize>,
    /// The value, decoded.
    pub(crate) value: String,
    /// Where the value is written.
    pub(crate) value_span: Range<usize>,
}

/// How a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// By a variable of a container, or a parameter.
    Variable,
    /// In a Secret.
    Secret,
    /// In a `ConfigMap`.
    ConfigMap,
    /// Among the values of a chart.
    ChartValue,
}

/// What reads one document.
struct Reader<'y> {
    bytes: &'y [u8],
    object: String,
    values: Vec<ManifestValue>,
}

impl Manifests {
    /// Reads the manifests of a file, or the values of a chart.
    ///
    /// # Errors
    /// The [`Fault`] of what is no YAML.
    pub(crate) fn read(bytes: &[u8], kind: ManifestFile) -> Result<Self, Fault> {
        let documents = yaml::read(bytes)?;
        let mut values = Vec::new();
        let mut open: Vec<&Yaml> = documents.iter().rev().collect();
        while let Some(document) = open.pop() {
            let of = |key: &str| document.get(key).and_then(Yaml::as_str).unwrap_or_default();
            let name = document.get("metadata").and_then(|it| it.get("name"));
            let name = name.and_then(Yaml::as_str).unwrap_or_default();
            let mut reader = Reader {
                bytes,
                object: format!("{} {name}", of("kind")).trim().to_owned(),
                values: Vec::new(),
            };
            match (of("kind"), kind) {
                ("List", _) => {
                    let items = document.get("items").map_or(&[][..], Yaml::items);
                    open.extend(items.iter().rev());
                }
                ("Secret", _) if of("apiVersion") == "v1" => reader.secret(document),
                ("ConfigMap", _) => reader.entries(document, "data", Kept::ConfigMap),
                ("", ManifestFile::ChartValues) => reader.chart_values(document),
                ("", _) => reader.generators(document),
                _ => {
                    reader.generators(document);
                    reader.variables(document);
                }
            }
            values.append(&mut reader.values);
        }
        let mut seen = HashSet::new();
        values.retain(|it| seen.insert(it.span.clone()));
        Ok(Self { values })
    }
}

/// A kind of file beside manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ManifestFile {
    /// What is applied to a cluster.
    Manifests,
    /// What fills in the templates of a chart.
    ChartValues,
}

impl ManifestFile {
    /// What a file of Kubernetes is by its path.
    pub(crate) fn of_path(path: &std::path::Path) -> Self {
        let name = path.file_name().and_then(|it| it.to_str());
        match name {
            Some(name) if name.starts_with("values") => Self::ChartValues,
            _ => Self::Manifests,
        }
    }

    /// Whether bytes can be manifests, though their path does not say it.
    pub(crate) fn is_likely(bytes: &[u8]) -> bool {
        let has = |text: &str| memchr::memmem::find(bytes, text.as_bytes()).is_some();
        has("apiVersion:") && has("kind:")
    }
}

impl Reader<'_> {
    fn take(&mut self, kept: Kept, pair: Pair) {
        self.values.push(ManifestValue {
            object: self.object.clone(),
            kept,
            name: pair.name,
            span: pair.span,
            value: pair.value,
            value_span: pair.value_span,
        });
    }

    fn entries(&mut self, document: &Yaml, key: &str, kept: Kept) {
        let Some(list) = document.get(key) else {
            return;
        };
        for pair in compose::pairs(self.bytes, list) {
            self.take(kept, pair);
        }
    }

    fn secret(&mut self, document: &Yaml) {
        self.entries(document, "stringData", Kept::Secret);
        let Some(data) = document.get("data") else {
            return;
        };
        for pair in compose::pairs(self.bytes, data) {
            let packed: String = pair.value.split_whitespace().collect();
            let decoded = data_encoding::BASE64.decode(packed.as_bytes()).ok();
            let decoded = decoded.and_then(|it| String::from_utf8(it).ok());
            if let Some(value) = decoded {
                self.take(Kept::Secret, Pair { value, ..pair });
            }
        }
    }

    /// Kustomize's: lists of `name=value` that become a Secret or a `ConfigMap`.
    fn generators(&mut self, document: &Yaml) {
        for (key, kept) in [
            ("secretGenerator", Kept::Secret),
            ("configMapGenerator", Kept::ConfigMap),
        ] {
            let generators = document.get(key).map_or(&[][..], Yaml::items);
            for generator in generators {
                let name = generator.get("name").and_then(Yaml::as_str);
                self.object = format!("{key} {}", name.unwrap_or_default());
                self.entries(generator, "literals", kept);
            }
        }
    }

    /// Every `name:` with a `value:` beside it.
    fn variables(&mut self, document: &Yaml) {
        let mut open = vec![document];
        while let Some(node) = open.pop() {
            let of = |key: &str| {
                let pair = node.pairs().iter().find(|(it, _)| it.as_str() == Some(key));
                pair.and_then(|(_, value)| Some((value.as_str()?, &value.span)))
            };
            if let (Some((name, span)), Some((value, value_span))) = (of("name"), of("value")) {
                let pair = Pair {
                    name: name.to_owned(),
                    span: span.clone(),
                    value: value.to_owned(),
                    value_span: value_span.clone(),
                };
                self.take(Kept::Variable, pair);
            }
            open.extend(node.items().iter().rev());
            open.extend(node.pairs().iter().rev().map(|(_, value)| value));
        }
    }

    /// Every key with a text.
    fn chart_values(&mut self, document: &Yaml) {
        "the chart's values".clone_into(&mut self.object);
        self.variables(document);
        let mut open = vec![document];
        while let Some(node) = open.pop() {
            for (key, value) in node.pairs() {
                if let (Some(name), Some(text)) = (key.as_str(), value.as_str()) {
                    let pair = Pair {
                        name: name.to_owned(),
                        span: key.span.clone(),
                        value: text.to_owned(),
                        value_span: value.span.clone(),
                    };
                    self.take(Kept::ChartValue, pair);
                }
                open.push(value);
            }
            open.extend(node.items());
        }
    }
}

#[cfg(test)]
mod tests;
