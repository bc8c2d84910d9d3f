//! A practice: something that is not to be done with a token, and what looks for it.
//!
//! It knows one kind of document, or a few, and nothing of files, rules and reports. What
//! it is called and why it matters stands in `rules/`, in the rule that names it.

use super::File;
use super::breaches::Breaches;
use super::compose::Compose;
use super::dockerfile::Dockerfile;
use super::env_file::EnvFile;
use super::git_config::GitConfig;
use super::manifest::Manifests;
use super::pipeline::Pipeline;
use super::python::Python;
use super::requirements::Requirements;
use super::shell::Script;
use super::workflow::Workflow;

/// Something not to be done with a token.
#[derive(Debug)]
pub(crate) struct Practice {
    /// The name by which a rule's `check` calls it.
    pub(crate) name: &'static str,
    /// What looks for it.
    pub(crate) looks: &'static [Look],
}

/// What looks for a practice in a document of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    /// In Python source, which a file or a notebook's cell is.
    Python(fn(&Python<'_>, &mut Breaches<'_>)),
    /// In what a notebook shows under a cell.
    Output(fn(&str, &mut Breaches<'_>)),
    /// In what a project asks for.
    Requirements(fn(&Requirements, &mut Breaches<'_>)),
    /// In a compose file.
    Compose(fn(&Compose, &mut Breaches<'_>)),
    /// In manifests of Kubernetes.
    Manifests(fn(&Manifests, &mut Breaches<'_>)),
    /// In a workflow of GitHub or an action.
    Workflow(fn(&Workflow<'_>, &mut Breaches<'_>)),
    /// In a pipeline of GitLab.
    Pipeline(fn(&Pipeline<'_>, &mut Breaches<'_>)),
    /// A script, in a file of its own or in another one.
    Script(fn(&Script, &mut Breaches<'_>)),
    /// A script that is a file, and the file.
    ScriptFile(fn(&Script, &File<'_>, &mut Breaches<'_>)),
    /// A container's recipe, and its file.
    Dockerfile(fn(&Dockerfile, &File<'_>, &mut Breaches<'_>)),
    /// A file of environment variables, and the file.
    EnvFile(fn(&EnvFile, &File<'_>, &mut Breaches<'_>)),
    /// The configuration of git.
    GitConfig(fn(&GitConfig, &mut Breaches<'_>)),
}
