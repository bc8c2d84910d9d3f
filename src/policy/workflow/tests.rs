use super::*;

fn read(text: &str) -> Workflow<'_> {
    let read = Workflow::read(text.as_bytes()).expect("it is YAML");
    read.expect("it is a workflow")
}

const PUBLISH: &str = "\
name: Publish
on:
  push: {branches: [main]}
  pull_request:
permissions: read-all
env:
  HF_HOME: /tmp
defaults: {run: {shell: 'bash -x {0}'}}
jobs:
  test:
    runs-on: windows-latest
    steps:
      - uses: actions/checkout@v5
      - run: pytest
        shell: pwsh
  publish:
    needs: [test]
    environment: hub
    permissions:
      id-token: write
    env:
      HF_TOKEN: ${{ secrets.HUB }}
    steps:
      - name: Upload
        env:
          OTHER: ${{ secrets['HF_TOKEN'] }}
        run: |
          hf upload \\
            org/model
      - run: echo
        env: {HF_TOKEN: ''}
  call:
    uses: ./.github/workflows/x.yml
    permissions: write-all
    secrets: inherit
";

#[test]
fn a_workflow_is_read() {
    let workflow = read(PUBLISH);
    assert!(workflow.is_triggered_by("push") && workflow.is_triggered_by("pull_request"));
    assert!(!workflow.is_only_called());
    assert_eq!(workflow.jobs.len(), 3);
    let [test, publish, call] = [0, 1, 2].map(|place| &workflow.jobs[place]);
    assert_eq!(test.steps[0].action(), Some("actions/checkout"));
    assert_eq!(publish.needs, ["test"]);
    assert!(publish.environment.is_some() && call.steps.is_empty());
    let grants = |job| {
        workflow
            .permissions_of(job)
            .is_some_and(|it| it.id_token().is_some())
    };
    assert_eq!([test, publish, call].map(grants), [false, true, true]);
    assert_eq!(workflow.shell_of(test, &test.steps[0]), Shell::Posix);
    assert_eq!(workflow.shell_of(test, &test.steps[1]), Shell::Pwsh);
    assert_eq!(publish.steps[0].label, "`Upload`");
    assert_eq!(publish.steps[1].label, "step 2");
}

#[test]
fn scripts_stand_in_the_file_and_know_their_tokens() {
    let workflow = read(PUBLISH);
    let scripts: Vec<RunScript> = workflow.scripts().collect();
    assert_eq!(scripts.len(), 3);
    assert_eq!(scripts[1].tokens, ["HF_TOKEN", "OTHER"]);
    assert_eq!(scripts[2].tokens, [""; 0]);
    let text = &scripts[1].text;
    assert_eq!(text.bytes, b"hf upload \\\n  org/model\n");
    let place = memchr::memmem::find(&text.bytes, b"org/model").expect("it is there");
    let source = text.source_of(&(place..place + 9));
    assert_eq!(&PUBLISH[source], "org/model");
}

#[test]
fn triggers_are_read_in_every_form() {
    for on in [
        "on: push",
        "'on': [push]",
        "true: {push: null}",
        "\"on\":\n  push:",
    ] {
        let text = format!("{on}\njobs: {{}}\n");
        assert!(read(&text).is_triggered_by("push"), "{on}");
    }
    assert!(read("on: workflow_call\njobs: {}").is_only_called());
}

#[test]
fn actions_are_read_and_other_files_are_not() {
    let action = read("runs:\n  using: composite\n  steps:\n    - run: ls\n      shell: bash\n");
    assert_eq!(action.form, Form::Action);
    assert_eq!(action.scripts().count(), 1);
    for text in ["", "a: 1", "- 1", "jobs: 3", "runs: {using: node20}"] {
        assert!(
            matches!(Workflow::read(text.as_bytes()), Ok(None)),
            "{text}"
        );
    }
    assert!(Workflow::read(b"jobs: [").is_err());
}
