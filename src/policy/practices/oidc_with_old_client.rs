//! A client that does not know the exchange of identities, in a job that asks for it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::policy::breaches::Breaches;
use crate::policy::pipeline::Pipeline;
use crate::policy::practice::{Look, Practice};
use crate::policy::workflow::{RESOURCE, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "oidc-with-old-client",
    looks: &[Look::Workflow(look), Look::Pipeline(look_at_pipeline)],
};

/// The first version of `huggingface_hub` that exchanges an identity for a token.
const FIRST: [u32; 3] = [1, 19, 0];

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    for job in workflow.jobs.iter().filter(|it| workflow.sets_resource(it)) {
        for run in job.steps.iter().filter_map(|it| it.run.as_ref()) {
            let text = run.passage(workflow.bytes);
            for span in old_pins(&String::from_utf8_lossy(&text.bytes)) {
                let message = format!(
                    "job `{}` sets {RESOURCE} and installs a huggingface_hub that does not know it",
                    job.id
                );
                breaches.add(text.source_of(&span), message);
            }
        }
    }
}

fn look_at_pipeline(pipeline: &Pipeline<'_>, breaches: &mut Breaches<'_>) {
    for job in pipeline.jobs.iter().filter(|it| it.runs()) {
        let variables = pipeline.variables_of(job);
        if !variables
            .iter()
            .any(|it| it.name == RESOURCE && it.is_set())
        {
            continue;
        }
        let text = pipeline.main_script(job).text;
        for span in old_pins(&String::from_utf8_lossy(&text.bytes)) {
            let message = format!(
                "job `{}` has {RESOURCE} and installs a huggingface_hub that does not know it",
                job.name
            );
            breaches.add(text.source_of(&span), message);
        }
    }
}

static PIN: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?im)^[^#\n]*?\b(huggingface[-_.]hub(?:\[[^\]\n]*\])?\s*((?:(?:===?|~=|>=?|<=?|!=|@)\s*v?[0-9][0-9a-z.*]*[\s,]*)+))";
    Regex::new(pattern).expect("the pattern is valid, as a test checks")
});

static CLAUSE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(===?|~=|>=?|<=?|!=|@)\s*v?([0-9][0-9a-z.*]*)";
    Regex::new(pattern).expect("the pattern is valid, as a test checks")
});

/// Where a script asks for a version that is too old, whatever else it allows.
fn old_pins(script: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for pin in PIN.captures_iter(script) {
        let (Some(all), Some(clauses)) = (pin.get(1), pin.get(2)) else {
            continue;
        };
        let mut clauses = CLAUSE.captures_iter(clauses.as_str());
        if clauses.any(|it| is_too_old(&it[1], &it[2])) {
            let text = all.as_str().trim_end_matches([' ', ',', '\n', '\r', '\t']);
            found.push(all.start()..all.start() + text.len());
        }
    }
    found
}

/// Whether no version that the clause allows knows the exchange.
fn is_too_old(operator: &str, version: &str) -> bool {
    let parts: Vec<u32> = version.split('.').map_while(|it| it.parse().ok()).collect();
    let is_prefix = version.contains('*') || parts.len() < 2 && operator == "@";
    let mut whole = [0; 3];
    for (to, from) in whole.iter_mut().zip(&parts) {
        *to = *from;
    }
    match operator {
        "<" => whole <= FIRST,
        "~=" if parts.len() > 1 => parts[..parts.len() - 1] < FIRST[..parts.len().min(4) - 1],
        "==" | "===" | "@" if is_prefix => parts[..] < FIRST[..parts.len().min(3)],
        "<=" | "==" | "===" | "@" => whole < FIRST,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_below_the_first_version_are_told() {
        for script in [
            "pip install huggingface_hub==0.34",
            "pip install \"huggingface_hub[cli]==1.18.2\"",
            "uv pip install 'huggingface-hub>=0.20,<1.0'",
            "pip install 'huggingface_hub<1.19'",
            "pip install huggingface_hub~=0.34",
            "pip install huggingface_hub~=1.18.0",
            "pip install huggingface_hub==0.34.*",
            "uvx --from huggingface_hub==1.2.0 hf upload x",
            "uvx --from huggingface_hub@1.2.0 hf upload x",
        ] {
            let found = old_pins(script);
            assert_eq!(found.len(), 1, "{script}");
            assert!(script[found[0].clone()].starts_with("huggingface"));
        }
    }

    #[test]
    fn other_pins_are_not() {
        for script in [
            "pip install huggingface_hub",
            "pip install -U 'huggingface_hub>=1.19.0'",
            "pip install 'huggingface_hub>=0.34'",
            "pip install 'huggingface_hub<2'",
            "pip install huggingface_hub==1.19.0",
            "pip install huggingface_hub~=1.18",
            "pip install huggingface_hub~=1.19.0",
            "pip install huggingface_hub==1.*",
            "pip install 'huggingface_hub!=0.30'",
            "# pip install huggingface_hub==0.34",
            "pip install huggingface_hub datasets==2.0",
        ] {
            assert!(old_pins(script).is_empty(), "{script}");
        }
    }
}
