//! A call gives `use_auth_token=`, which the libraries of Hugging Face have removed.

use std::collections::HashSet;

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::python::{Expression, Python};

pub(crate) const PRACTICE: Practice = Practice {
    name: "use-auth-token",
    looks: &[Look::Python(look)],
};

const KEYWORD: &str = "use_auth_token";

/// Functions of the libraries that took it.
const FUNCTIONS: &[&str] = &[
    "from_pretrained",
    "push_to_hub",
    "load_dataset",
    "load_dataset_builder",
    "load_metric",
    "get_dataset_config_names",
    "get_dataset_split_names",
    "hf_hub_download",
    "hf_hub_url",
    "snapshot_download",
    "cached_download",
    "pipeline",
    "SentenceTransformer",
    "CrossEncoder",
    "get_peft_config",
    "from_config",
    "Repository",
    "InferenceApi",
    "load_adapter",
    "push_to_hub_keras",
    "from_pretrained_keras",
];

/// Libraries that have an argument of this name of their own.
const OTHERS: &[&str] = &["pyannote", "whisperx", "speechbrain", "unsloth"];

fn look(python: &Python<'_>, breaches: &mut Breaches<'_>) {
    if OTHERS.iter().any(|it| python.imports(it)) {
        return;
    }
    let parameters = python.parameters().iter();
    let own = parameters.filter(|it| it.name == KEYWORD);
    let own: HashSet<&str> = own.map(|it| it.function.as_str()).collect();
    for call in python.calls() {
        let Some(argument) = call.keyword(KEYWORD) else {
            continue;
        };
        let name = call.name();
        if FUNCTIONS.contains(&name) && !own.contains(name) && is_given(python, argument.value) {
            let message = format!("`{name}` is given `{KEYWORD}=`, which has been removed");
            breaches.add(argument.span.clone(), message);
        }
    }
}

/// Whether it is more than what the caller was given itself.
fn is_given<'t>(python: &Python<'t>, value: Expression<'t>) -> bool {
    let name = python.dotted(value);
    let passes_on = name.rsplit('.').next() == Some(KEYWORD);
    !passes_on && (value.is_true() || !value.is_constant())
}
