//! What installers read agrees with the crate: versions, names of archives, targets.

use std::fs;
use std::path::Path;

use regex::Regex;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn table(path: &str) -> toml::Table {
    read(path).parse().unwrap()
}

/// What the workflow of releases builds for.
fn targets() -> Vec<String> {
    let line = Regex::new(r"(?m)^ *- target: (\S+)$").unwrap();
    let workflow = read(".github/workflows/release.yml");
    let targets: Vec<_> = line
        .captures_iter(&workflow)
        .map(|found| found[1].to_owned())
        .collect();
    assert!(targets.len() > 3, "{targets:?}");
    targets
}

#[test]
fn pre_commit_installs_the_wheel_of_this_version() {
    let project = &table("pyproject.toml")["project"];
    assert_eq!(project["version"].as_str(), Some(VERSION));
    let dependencies = project["dependencies"].as_array().unwrap();
    assert_eq!(
        dependencies[0].as_str(),
        Some(&*format!("hfleaks=={VERSION}"))
    );
    let wheel = &table("wheel/pyproject.toml")["project"];
    let dynamic = wheel["dynamic"].as_array().unwrap();
    assert!(
        dynamic
            .iter()
            .any(|field| field.as_str() == Some("version"))
    );
}

#[test]
fn binstall_asks_for_the_archives_that_are_packed() {
    let metadata = &table("Cargo.toml")["package"]["metadata"]["binstall"];
    for target in targets() {
        let filled = |key: &str| {
            let template = metadata[key].as_str().unwrap();
            let values = [
                ("{ repo }", "https://example.org/hfleaks"),
                ("{ name }", "hfleaks"),
                ("{ bin }", "hfleaks"),
                ("{ version }", VERSION),
                ("{ target }", target.as_str()),
                ("{ binary-ext }", ""),
            ];
            let fill = |text: String, (name, value): (&str, &str)| text.replace(name, value);
            values.into_iter().fold(template.to_owned(), fill)
        };
        // As `.ci/package.sh` names them.
        let archive = format!("hfleaks-{VERSION}-{target}");
        let url = format!("https://example.org/hfleaks/releases/download/v{VERSION}");
        assert_eq!(filled("pkg-url"), format!("{url}/{archive}.tar.gz"));
        assert_eq!(filled("bin-dir"), format!("{archive}/hfleaks"));
    }
}

#[test]
fn the_action_downloads_and_the_licences_are_checked_for_what_is_released() {
    let mut released = targets();
    released.sort();
    let echo = Regex::new(r"\) echo (\S+) ;;").unwrap();
    let script = read("action.sh");
    let mut known: Vec<_> = echo
        .captures_iter(&script)
        .map(|found| found[1].to_owned())
        .collect();
    known.sort();
    assert_eq!(known, released);
    let mut checked: Vec<_> = table("deny.toml")["graph"]["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| target.as_str().unwrap().to_owned())
        .collect();
    checked.sort();
    assert_eq!(checked, released);
}
