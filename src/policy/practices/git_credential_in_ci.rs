//! A job of continuous integration hands its token to git's credential store.

use crate::context::Context;
use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::python::{Python, Runs};
use crate::policy::shell::Script;

pub(crate) const PRACTICE: Practice = Practice {
    name: "git-credential-in-ci",
    looks: &[Look::Python(look_at_python), Look::Script(look_at_script)],
};

const OPTION: &str = "--add-to-git-credential";

fn look_at_python(python: &Python<'_>, breaches: &mut Breaches<'_>) {
    if python.runs() != Runs::InCi {
        return;
    }
    for call in python.calls().iter().filter(|it| it.name() == "login") {
        let argument = call.keyword("add_to_git_credential");
        if let Some(argument) = argument.filter(|it| it.value.is_true()) {
            let message = "`login` in CI writes the token into git's credential store";
            breaches.add(argument.span.clone(), message);
        }
    }
}

fn look_at_script(script: &Script, breaches: &mut Breaches<'_>) {
    let is_ci = matches!(
        script.place,
        Context::GithubWorkflow | Context::GitlabCi | Context::Ci
    );
    for command in script.commands.iter().filter(|_| is_ci) {
        let login = command.call("hf", &["auth", "login"]);
        let login = login.or_else(|| command.call("huggingface-cli", &["login"]));
        let option = login.into_iter().flatten().find(|it| it.is(OPTION));
        if let Some(option) = option {
            let message = "the login in CI writes the token into git's credential store";
            breaches.add(option.span.clone(), message);
        }
    }
}
