//! One secret for a job that publishes and for one that only reads.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::policy::breaches::Breaches;
use crate::policy::practice::{Look, Practice};
use crate::policy::workflow::{Form, Job, Step, Workflow};

pub(crate) const PRACTICE: Practice = Practice {
    name: "one-token-for-everything",
    looks: &[Look::Workflow(look)],
};

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    if workflow.form == Form::Action {
        return;
    }
    let publishes = |job: &Job| workflow.publishing(job).next().is_some();
    let (publishers, others): (Vec<&Job>, Vec<&Job>) =
        workflow.jobs.iter().partition(|job| publishes(job));
    let mut seen = HashSet::new();
    for publisher in publishers {
        let Some(secret) = workflow
            .publishing(publisher)
            .find_map(|(step, _)| workflow.given_to_publish(publisher, step))
            .map(|it| it.secret)
            .filter(|secret| seen.insert(secret.to_uppercase()))
        else {
            continue;
        };
        let mut given = others
            .iter()
            .filter_map(|reader| Some((reader, reads_with(workflow, reader, &secret)?)));
        if let Some((reader, span)) = given.next() {
            let message = format!(
                "`{}` reads with the secret {secret}, with which `{}` publishes",
                reader.id, publisher.id
            );
            breaches.add(span, message);
        }
    }
}

/// Where a job is given a secret for a step that reads from the Hub, or is called so.
fn reads_with(workflow: &Workflow<'_>, job: &Job, secret: &str) -> Option<Range<usize>> {
    let reads = |step: &&Step| {
        let script = step.script();
        READING.is_match(script) || is_called_reading(job, step) && !WRITING.is_match(script)
    };
    let mut given = job
        .steps
        .iter()
        .filter(reads)
        .flat_map(|step| workflow.given(job, step));
    let given = given.find(|it| it.secret.eq_ignore_ascii_case(secret))?;
    Some(given.span)
}

fn is_called_reading(job: &Job, step: &Step) -> bool {
    let names = [&*job.id, &*step.label, step.script()];
    names.iter().any(|it| CALLED_READING.is_match(it))
}

/// What reads, by itself.
static READING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?m)^[^#\n]*(\b(hf|huggingface-cli)\s+download\b|\b(pytest|snapshot_download|hf_hub_download|from_pretrained|load_dataset)\b)",
    )
});

/// What scripts and jobs that read are called.
static CALLED_READING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(^|[^a-z])(tests?|eval|evaluate|evaluation|benchmarks?|infer|inference|predict|validate|smoke)([^a-z]|$)",
    )
});

/// What scripts that may write are called.
static WRITING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)upload|push|publish|deploy|sync|release|mirror|create|write|update|report|leaderboard",
    )
});

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is valid, as a test checks")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_is_told_by_its_commands() {
        assert!(READING.is_match("cd x\nhf download org/model"));
        assert!(READING.is_match("python -m pytest -x"));
        assert!(!READING.is_match("# hf download org/model\nhf version"));
        assert!(CALLED_READING.is_match("python evaluate.py"));
        assert!(CALLED_READING.is_match("test-models"));
        assert!(!CALLED_READING.is_match("python build.py --latest"));
        assert!(WRITING.is_match("python push_results.py"));
    }
}
