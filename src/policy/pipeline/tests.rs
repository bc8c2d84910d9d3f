use super::*;

fn read(text: &str) -> Pipeline<'_> {
    let read = Pipeline::read(text.as_bytes()).expect("it is YAML");
    read.expect("it is a pipeline")
}

const PIPELINE: &str = "\
spec: {inputs: {}}
---
stages: [test]
variables:
  HF_HOME: .cache
default:
  before_script: [pip install huggingface_hub]
.base:
  id_tokens:
    HF_OIDC_ID_TOKEN: {aud: https://huggingface.co}
  variables: {HF_TOKEN: $HF_WRITE_TOKEN}
publish:
  extends: .base
  script:
    - !reference [.setup, script]
    - hf version
    - |
      hf upload \\
        org/model
  after_script: echo done
other:
  extends: [.base, .elsewhere]
  script: 'true'
";

#[test]
fn a_pipeline_is_read() {
    let pipeline = read(PIPELINE);
    let names: Vec<&str> = pipeline.jobs.iter().map(|it| &*it.name).collect();
    assert_eq!(names, [".base", "publish", "other"]);
    let publish = &pipeline.jobs[1];
    let said = |job, key| pipeline.said(job, key);
    assert!(matches!(said(publish, "id_tokens"), Said::Value(_)));
    assert!(matches!(said(publish, "environment"), Said::Nothing));
    assert!(matches!(said(publish, "before_script"), Said::Value(_)));
    assert!(matches!(
        said(&pipeline.jobs[2], "environment"),
        Said::Unknown
    ));
    let names: Vec<&str> = pipeline
        .variables_of(publish)
        .iter()
        .map(|it| &*it.name)
        .collect();
    assert_eq!(names, ["HF_HOME", "HF_TOKEN"]);
}

#[test]
fn scripts_are_joined_and_stand_in_the_file() {
    let pipeline = read(PIPELINE);
    let scripts: Vec<RunScript> = pipeline.scripts().collect();
    let texts: Vec<String> = scripts
        .iter()
        .map(|it| String::from_utf8_lossy(&it.text.bytes).into_owned())
        .collect();
    assert_eq!(
        texts,
        [
            "pip install huggingface_hub\n",
            "hf version\nhf upload \\\n  org/model\n",
            "echo done\n",
            "true\n"
        ]
    );
    assert_eq!(scripts[1].tokens, ["HF_TOKEN"]);
    let place = texts[1].find("org/model").expect("it is in there");
    let source = scripts[1].text.source_of(&(place..place + 9));
    assert_eq!(&PIPELINE[source], "org/model");
}

#[test]
fn circles_and_other_files_are_borne() {
    let text = "a: {extends: b, script: x}\nb: {extends: a}\n";
    let pipeline = read(text);
    assert!(matches!(
        pipeline.said(&pipeline.jobs[0], "c"),
        Said::Nothing
    ));
    assert!(matches!(Pipeline::read(b"- 1"), Ok(None)));
    assert!(matches!(Pipeline::read(b""), Ok(None)));
}
