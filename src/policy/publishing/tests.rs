use super::*;

fn found(script: &str) -> Vec<String> {
    let found = publications(script);
    found
        .iter()
        .map(|it| script[it.span.clone()].to_owned())
        .collect()
}

#[test]
fn what_publishes_is_found() {
    for (script, text) in [
        ("set -e\nhf upload org/model . --quiet\n", "hf upload"),
        ("uvx hf  upload-large-folder a b", "hf  upload-large-folder"),
        (
            "uvx --from huggingface_hub huggingface-cli upload x",
            "huggingface-cli upload",
        ),
        ("hf repo create org/x --exist-ok", "hf repo create"),
        ("hf repo tag create org/x v1", "hf repo tag create"),
        ("python train.py --push_to_hub --x", "push_to_hub"),
        ("python train.py --push_to_hub=true", "push_to_hub"),
        (
            "python -c 'from huggingface_hub import HfApi; HfApi().upload_folder()'",
            "upload_folder",
        ),
        (
            "git push https://u:$HF_TOKEN@huggingface.co/spaces/o/s main",
            "git push",
        ),
        (
            "git remote add space https://huggingface.co/spaces/o/s\ngit push --force space main",
            "git push",
        ),
        (
            "git clone https://huggingface.co/o/s\ncd s\ngit -c x=y push\n",
            "git -c x=y push",
        ),
    ] {
        assert_eq!(found(script), [text], "{script}");
    }
}

#[test]
fn what_does_not_is_not() {
    for script in [
        "# hf upload x",
        "ls # hf upload x",
        "echo 'hf upload x'",
        "hf download org/model",
        "hf repo list",
        "hf repo tag list org/x",
        "shf upload x",
        "hf upload_x",
        "pytest -k push_to_hub",
        "python test_push_to_hub.py",
        "python train.py --push_to_hub False",
        "python train.py --push_to_hub=false --no-push_to_hub",
        "s3.upload_file(x)",
        "git push origin main",
        "git remote add space https://huggingface.co/spaces/o/s\ngit push origin main",
        "pip install git+https://huggingface.co/x\ngit push",
        "",
    ] {
        assert_eq!(found(script), [""; 0], "{script}");
    }
}

#[test]
fn actions_that_publish_are_known_by_their_names() {
    for name in [
        "nateraw/huggingface-sync-action",
        "huggingface/hub-sync",
        "someone/hf-deploy",
        "x/upload-huggingface-push",
    ] {
        assert!(is_publishing_action(name), "{name}");
    }
    for name in [
        "actions/upload-artifact",
        "actions/checkout",
        "docker/hub-tool",
        "x/shf-upload",
    ] {
        assert!(!is_publishing_action(name), "{name}");
    }
}
