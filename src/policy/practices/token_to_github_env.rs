//! A token that a script hands to later steps or jobs through a file of the runner's.

use crate::policy::breaches::Breaches;
use crate::policy::names::is_token_name;
use crate::policy::pipeline::{Pipeline, Said};
use crate::policy::practice::{Look, Practice};
use crate::policy::run_script::{RunScript, Shell};
use crate::policy::shell::{Command, Part, Script, Word};
use crate::policy::workflow::Workflow;

pub(crate) const PRACTICE: Practice = Practice {
    name: "token-to-github-env",
    looks: &[Look::Workflow(look), Look::Pipeline(look_at_pipeline)],
};

/// The files by which a step tells the runner something.
const FILES: &[&str] = &["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STATE"];

/// What a step said to the same end, and old ones still say.
const SAYINGS: &[&str] = &["::set-output ", "::set-env ", "::save-state "];

fn look(workflow: &Workflow<'_>, breaches: &mut Breaches<'_>) {
    for run in workflow.scripts() {
        match run.shell {
            Shell::Posix => look_at_script(&run, runner_file, breaches),
            Shell::Pwsh => look_at_lines(&run, breaches),
            Shell::Python | Shell::Other => {}
        }
    }
}

/// In a pipeline it is a report of variables that hands them on.
fn look_at_pipeline(pipeline: &Pipeline<'_>, breaches: &mut Breaches<'_>) {
    for job in &pipeline.jobs {
        let Said::Value(artifacts) = pipeline.said(job, "artifacts") else {
            continue;
        };
        let report = artifacts.get("reports").and_then(|it| it.get("dotenv"));
        let Some(file) = report.and_then(|it| it.as_str()) else {
            continue;
        };
        let is_file = |word: &Word| word.is(file).then(|| file.to_owned());
        look_at_script(&pipeline.main_script(job), is_file, breaches);
    }
}

/// The file of the runner that a word names.
fn runner_file(word: &Word) -> Option<String> {
    let named = word.parts.iter().find_map(|part| match part {
        Part::Variable(it) => FILES.iter().find(|file| it.name == **file),
        Part::Expression(it) => FILES.iter().find(|file| {
            let name = file.trim_start_matches("GITHUB_").to_lowercase();
            it.text.contains(&format!("github.{name}"))
        }),
        Part::Text(..) | Part::Substitution(_) => None,
    });
    named.map(|it| format!("${it}"))
}

fn look_at_script(
    run: &RunScript,
    file: impl Fn(&Word) -> Option<String>,
    breaches: &mut Breaches<'_>,
) {
    let Some(script) = Script::read(&run.text.bytes, run.place) else {
        return;
    };
    for command in &script.commands {
        let Some(to) = written_to(&script, command, &file).or_else(|| said_to(command)) else {
            continue;
        };
        let here = command.redirections.iter().filter(|it| it.is_here());
        let words = command.arguments().iter().chain(here.map(|it| &it.target));
        for part in words.flat_map(|it| &it.parts) {
            if let Some(name) = token(part, run) {
                let message = format!("{name} is written to {to}");
                breaches.add(run.text.source_of(part.span()), message);
            }
        }
    }
}

/// The file that a command, or the `tee` behind it, writes to.
fn written_to(
    script: &Script,
    command: &Command,
    file: &impl Fn(&Word) -> Option<String>,
) -> Option<String> {
    let writes = |it: &&crate::policy::shell::Redirection| it.operator.starts_with(['>', '&']);
    let mut targets = command.redirections.iter().filter(writes);
    let target = targets.find_map(|it| file(&it.target));
    let teed = || {
        let reader = script.reader_of(command)?;
        reader.arguments_of("tee")?.iter().find_map(file)
    };
    target.or_else(teed)
}

/// What a command says to the runner, if it says something.
fn said_to(command: &Command) -> Option<String> {
    matches!(command.name(), Some("echo" | "printf")).then_some(())?;
    let texts = command.arguments().iter().map(Word::beginning);
    let mut said = texts.filter_map(|text| SAYINGS.iter().find(|it| text.starts_with(**it)));
    said.next().map(|it| format!("`{}`", it.trim_end()))
}

/// The name of the token that a part of a word is.
fn token<'p>(part: &'p Part, run: &RunScript) -> Option<&'p str> {
    if let Some((_, name)) = part.token() {
        return Some(name);
    }
    match part {
        Part::Variable(it) if it.is_whole() && run.tokens.contains(&it.name) => Some(&it.name),
        _ => None,
    }
}

/// `PowerShell` is not parsed: a line that names a token and a file of the runner's.
fn look_at_lines(run: &RunScript, breaches: &mut Breaches<'_>) {
    let Ok(text) = std::str::from_utf8(&run.text.bytes) else {
        return;
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let file = FILES.iter().find(|it| line.contains(&format!("$env:{it}")));
        let is_comment = line.trim_start().starts_with('#');
        for (place, _) in line.match_indices("$env:").filter(|_| !is_comment) {
            let rest = &line[place + 5..];
            let is_of_name = |it: char| it.is_ascii_alphanumeric() || it == '_';
            let name = &rest[..rest.find(|it| !is_of_name(it)).unwrap_or(rest.len())];
            let is_token = is_token_name(name) || run.tokens.iter().any(|it| it == name);
            if let Some(file) = file.filter(|_| is_token) {
                let span = start + place..start + place + 5 + name.len();
                let message = format!("{name} is written to ${file}");
                breaches.add(run.text.source_of(&span), message);
            }
        }
        start += line.len();
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::testing::breaches;

    fn found(run: &str) -> Vec<(String, String)> {
        let run = run.replace('\n', "\n          ");
        let text = format!(
            "jobs:\n  a:\n    env: {{SECRET: '${{{{ secrets.HF_TOKEN }}}}'}}\n    steps:\n      - run: |\n          {run}\n"
        );
        breaches("token-to-github-env", ".github/workflows/a.yml", &text)
    }

    #[test]
    fn every_way_to_hand_it_on_is_seen() {
        for run in [
            "echo \"HF_TOKEN=$HF_TOKEN\" >> $GITHUB_ENV",
            "echo HF_TOKEN=${HF_TOKEN} >> \"${GITHUB_OUTPUT}\"",
            "echo \"T=${{ secrets.HF_TOKEN }}\" >> ${{ github.env }}",
            "echo \"x=$SECRET\" | tee -a $GITHUB_ENV",
            "echo \"::set-output name=x::$HF_TOKEN\"",
            "cat <<EOF >> $GITHUB_ENV\nHF_TOKEN=$HF_TOKEN\nEOF",
            "printf 'x=%s' \"$HF_TOKEN\" >> $GITHUB_STATE",
        ] {
            assert_eq!(found(run).len(), 1, "{run}");
        }
    }

    #[test]
    fn what_is_only_said_of_it_is_not() {
        for run in [
            "echo \"has=${HF_TOKEN:+yes}\" >> $GITHUB_OUTPUT",
            "[ -n \"$HF_TOKEN\" ] && echo has=true >> $GITHUB_OUTPUT",
            "echo \"::add-mask::$HF_TOKEN\"",
            "echo \"$HF_TOKEN\" > token",
            "echo 'HF_TOKEN=$HF_TOKEN' >> $GITHUB_ENV",
            "# echo $HF_TOKEN >> $GITHUB_ENV",
            "echo HF_HOME=/tmp >> $GITHUB_ENV\nhf upload x",
        ] {
            assert_eq!(found(run), [], "{run}");
        }
    }

    #[test]
    fn pipelines_hand_on_by_a_report() {
        let text = |file| {
            format!(
                "a:\n  script: echo \"HF_TOKEN=$HF_TOKEN\" >> {file}\n  artifacts: {{reports: {{dotenv: build.env}}}}\n"
            )
        };
        let found = |file| breaches("token-to-github-env", ".gitlab-ci.yml", &text(file));
        assert_eq!(found("build.env").len(), 1);
        assert_eq!(found("other.env"), []);
    }

    #[test]
    fn powershell_is_seen() {
        let text = "jobs:\n  a:\n    runs-on: windows-latest\n    steps:\n      - run: |\n          \"HF_TOKEN=$env:HF_TOKEN\" >> $env:GITHUB_ENV\n          \"X=$env:HF_HOME\" >> $env:GITHUB_ENV\n";
        let found = breaches("token-to-github-env", ".github/workflows/a.yml", text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "$env:HF_TOKEN");
    }
}
