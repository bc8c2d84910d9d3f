//! An environment of conda: its own packages and pip's.

use super::{Requirement, Requirements, Versions, normal};
use crate::policy::yaml::{self, Yaml};

/// Reads an environment.
pub(super) fn read(bytes: &[u8]) -> Option<Requirements> {
    let documents = yaml::read(bytes).ok()?;
    let mut list = Vec::new();
    for item in documents.first()?.get("dependencies")?.items() {
        match item.as_str() {
            Some(text) => list.extend(package(text, item)),
            None => list.extend(
                item.get("pip")
                    .map_or(&[][..], Yaml::items)
                    .iter()
                    .filter_map(pip),
            ),
        }
    }
    Some(Requirements {
        list,
        versions: Versions::Here,
    })
}

/// `channel::name=version=build`, `name >=1`
fn package(text: &str, item: &Yaml) -> Option<Requirement> {
    let bare = text.rsplit("::").next()?.trim();
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    let end = bare.find(|it| !is_name(it)).unwrap_or(bare.len());
    let (name, specifier) = bare.split_at(end);
    Some(Requirement {
        name: normal(name),
        specifier: specifier.trim().to_owned(),
        span: item.span.clone(),
    })
}

fn pip(item: &Yaml) -> Option<Requirement> {
    let requirement = Requirement::read(item.as_str()?, 0)?;
    Some(Requirement {
        span: item.span.clone(),
        ..requirement
    })
}
