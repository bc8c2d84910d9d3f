//! `pyproject.toml`: what a project, its extras and its groups depend on.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Requirement, Requirements, Versions, normal};

/// Reads a project.
pub(super) fn read(bytes: &[u8]) -> Option<Requirements> {
    let text = std::str::from_utf8(bytes).ok()?;
    let table = DeTable::parse(text).ok()?;
    let table = table.get_ref();
    let mut list = Vec::new();
    if let Some(project) = inner(table, "project") {
        if let Some(dependencies) = project.get("dependencies") {
            strings(text, dependencies, &mut list);
        }
        groups(text, inner(project, "optional-dependencies"), &mut list);
    }
    groups(text, inner(table, "dependency-groups"), &mut list);
    let tool = inner(table, "tool");
    if let Some(poetry) = tool.and_then(|it| inner(it, "poetry")) {
        versions(inner(poetry, "dependencies"), &mut list);
        for (_, group) in inner(poetry, "group").into_iter().flatten() {
            if let DeValue::Table(group) = group.get_ref() {
                versions(inner(group, "dependencies"), &mut list);
            }
        }
    }
    Some(Requirements {
        list,
        versions: Versions::Here,
    })
}

fn inner<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
    match table.get(key)?.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

/// Lists of requirements by name.
fn groups(text: &str, groups: Option<&DeTable<'_>>, list: &mut Vec<Requirement>) {
    for (_, group) in groups.into_iter().flatten() {
        strings(text, group, list);
    }
}

/// A list of requirements.
fn strings(text: &str, values: &Spanned<DeValue<'_>>, list: &mut Vec<Requirement>) {
    let DeValue::Array(values) = values.get_ref() else {
        return;
    };
    for value in values {
        let written = text.get(value.span()).unwrap_or_default();
        let quote = written.len() - written.trim_start_matches(['"', '\'']).len();
        if let DeValue::String(_) = value.get_ref() {
            let inner = written[quote..].trim_end_matches(['"', '\'']);
            list.extend(Requirement::read(inner, value.span().start + quote));
        }
    }
}

/// Poetry's: a version, or a table with one, by name.
fn versions(table: Option<&DeTable<'_>>, list: &mut Vec<Requirement>) {
    for (name, value) in table.into_iter().flatten() {
        let version = match value.get_ref() {
            DeValue::String(version) => Some(version.to_string()),
            DeValue::Table(table) => match table.get("version").map(Spanned::get_ref) {
                Some(DeValue::String(version)) => Some(version.to_string()),
                _ => None,
            },
            _ => None,
        };
        list.push(Requirement {
            name: normal(name.get_ref()),
            // A repository, a path or a list of cases says it.
            specifier: version.unwrap_or_else(|| "{}".to_owned()),
            span: name.span(),
        });
    }
}
