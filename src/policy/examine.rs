//! Examining: reads a file as what it is, and lets every practice look at it.
//!
//! What a document means stands with the document; here is only which is read from what,
//! and what is not worth reading.

mod embedded;

use std::path::Path;

use super::breaches::{Passage, Place};
use super::compose::Compose;
use super::dockerfile::Dockerfile;
use super::env_file::EnvFile;
use super::git_config::GitConfig;
use super::manifest::{ManifestFile, Manifests};
use super::pipeline::Pipeline;
use super::practice::Look;
use super::python::{self, Known, Runs};
use super::requirements::RequirementsFile;
use super::shell::Script;
use super::workflow::Workflow;
use super::yaml::Fault;
use super::{Examined, File, Looked, Policy, names};
use crate::context::Context;
use crate::source_map::{Mapped, Rate};

/// Whether a file, whose name says nothing of the place that it is, is looked at.
pub(super) fn is_known(path: &Path) -> bool {
    RequirementsFile::of_path(path).is_some() || is_yaml(path)
}

impl Policy {
    /// Looks at a compose file.
    pub(super) fn compose(&self, file: &File<'_>, examined: &mut Examined) {
        let compose = names::may_occur(file.bytes).then(|| Compose::read(file.bytes));
        if let Some(compose) = yaml_of(file, compose, examined) {
            self.each(Place::File, examined, |look, breaches| {
                let Look::Compose(look) = look else {
                    return Looked::No;
                };
                look(&compose, breaches);
                Looked::Yes
            });
        }
    }

    /// Looks at manifests of Kubernetes.
    pub(super) fn manifests(&self, file: &File<'_>, examined: &mut Examined) {
        let kind = ManifestFile::of_path(file.path);
        /// `hf_` in base64.
        const PACKED: &[u8] = b"aGZf";
        let may_hold =
            names::may_occur(file.bytes) || memchr::memmem::find(file.bytes, PACKED).is_some();
        let manifests = may_hold.then(|| Manifests::read(file.bytes, kind));
        if let Some(manifests) = yaml_of(file, manifests, examined) {
            self.each(Place::File, examined, |look, breaches| {
                let Look::Manifests(look) = look else {
                    return Looked::No;
                };
                look(&manifests, breaches);
                Looked::Yes
            });
        }
    }

    /// Looks at a file that is told by more than the place that it is.
    pub(super) fn unnamed(&self, file: &File<'_>, examined: &mut Examined) {
        let requirements = RequirementsFile::of_path(file.path);
        if let Some(requirements) = requirements.filter(|_| names::may_occur(file.bytes)) {
            let requirements = requirements.read(file.bytes);
            self.each(Place::File, examined, |look, breaches| {
                let (Look::Requirements(look), Some(requirements)) = (look, &requirements) else {
                    return Looked::No;
                };
                look(requirements, breaches);
                Looked::Yes
            });
        } else if is_yaml(file.path) && ManifestFile::is_likely(file.bytes) {
            self.manifests(file, examined);
        }
    }

    /// Looks at a file of Python.
    pub(super) fn python_file(&self, file: &File<'_>, examined: &mut Examined) {
        if python::can_matter(file.bytes) {
            let runs = Runs::of_path(file.path);
            self.python(Place::File, file.bytes, &Known::default(), runs, examined);
        } else if file.bytes.len() > python::LONGEST && names::may_occur(file.bytes) {
            examined.faults.push(TOO_LONG.to_owned());
        }
    }

    /// Looks at a workflow or an action.
    pub(super) fn workflow(&self, file: &File<'_>, examined: &mut Examined) {
        if !is_yaml(file.path) || !names::may_occur(file.bytes) {
            return;
        }
        match Workflow::read(file.bytes) {
            Ok(Some(workflow)) => {
                self.each(Place::File, examined, |look, breaches| {
                    let Look::Workflow(look) = look else {
                        return Looked::No;
                    };
                    look(&workflow, breaches);
                    Looked::Yes
                });
                for script in workflow.scripts() {
                    self.run_script(&script, examined);
                }
            }
            Ok(None) => {}
            Err(fault) => examined.faults.push(fault.to_string()),
        }
    }

    /// Looks at a pipeline.
    pub(super) fn pipeline(&self, file: &File<'_>, examined: &mut Examined) {
        if !names::may_occur(file.bytes) {
            return;
        }
        match Pipeline::read(file.bytes) {
            Ok(Some(pipeline)) => {
                self.each(Place::File, examined, |look, breaches| {
                    let Look::Pipeline(look) = look else {
                        return Looked::No;
                    };
                    look(&pipeline, breaches);
                    Looked::Yes
                });
                for script in pipeline.scripts() {
                    self.run_script(&script, examined);
                }
            }
            Ok(None) => {}
            Err(fault) => examined.faults.push(fault.to_string()),
        }
    }

    /// Looks at a file that is a script.
    pub(super) fn script_file(&self, file: &File<'_>, examined: &mut Examined) {
        if !names::may_occur(file.bytes) {
            return;
        }
        let Some(script) = Script::read(file.bytes, Context::Shell) else {
            // What a script carries behind itself is no script.
            if !file.bytes.contains(&0) {
                let fault = "not read as a script: it is too long or too tangled";
                examined.faults.push(fault.to_owned());
            }
            return;
        };
        self.each(Place::File, examined, |look, breaches| {
            match look {
                Look::Script(look) => look(&script, breaches),
                Look::ScriptFile(look) => look(&script, file, breaches),
                _ => return Looked::No,
            }
            Looked::Yes
        });
        let mut text = Mapped::default();
        text.push(file.bytes, 0..file.bytes.len(), Rate::PLAIN);
        let passage = Passage {
            text: &text,
            within: &|_| None,
        };
        self.python_in_script(&passage, &script, examined);
    }

    /// Looks at a recipe of an image.
    pub(super) fn recipe(&self, file: &File<'_>, examined: &mut Examined) {
        let recipe = Dockerfile::read(file.bytes);
        self.each(Place::File, examined, |look, breaches| {
            let Look::Dockerfile(look) = look else {
                return Looked::No;
            };
            look(&recipe, file, breaches);
            Looked::Yes
        });
        for script in recipe.scripts() {
            let passage = Passage {
                text: script,
                within: &|_| None,
            };
            self.script(&passage, Context::Dockerfile, examined);
        }
    }

    /// Looks at a file of variables.
    pub(super) fn env_file(&self, file: &File<'_>, examined: &mut Examined) {
        let variables = EnvFile::read(file.bytes);
        self.each(Place::File, examined, |look, breaches| {
            let Look::EnvFile(look) = look else {
                return Looked::No;
            };
            look(&variables, file, breaches);
            Looked::Yes
        });
    }

    /// Looks at git's configuration.
    pub(super) fn git_config(&self, file: &File<'_>, examined: &mut Examined) {
        // These two are where logins belong.
        if file.path.ends_with(".netrc") || file.path.ends_with(".git-credentials") {
            return;
        }
        let config = GitConfig::read(file.bytes);
        self.each(Place::File, examined, |look, breaches| {
            let Look::GitConfig(look) = look else {
                return Looked::No;
            };
            look(&config, breaches);
            Looked::Yes
        });
    }
}

/// What is said of source that is not read.
const TOO_LONG: &str = "not read as Python: it is too long or too tangled";

/// What was read of a file of YAML; that it is none is a fault, but for templates, which become
/// YAML when somebody fills them in.
fn yaml_of<T>(
    file: &File<'_>,
    read: Option<Result<T, Fault>>,
    examined: &mut Examined,
) -> Option<T> {
    match read? {
        Ok(read) => Some(read),
        Err(_) if memchr::memmem::find(file.bytes, b"{{").is_some() => None,
        Err(fault) => {
            examined.faults.push(fault.to_string());
            None
        }
    }
}

/// Whether a file is called YAML. Other files stand beside workflows and actions.
fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| matches!(it, "yml" | "yaml"))
}
