import argparse
import os

from datasets import load_dataset
from transformers import AutoModel

hf_token = os.getenv("HF_TOKEN", "Zq81kdLw02mxPq77aTBn45")
print("token:", hf_token)
print(f"Using token {hf_token[:4]}…")

parser = argparse.ArgumentParser()
parser.add_argument("--hf_token", default=None, help="a token of Hugging Face")
parser.add_argument("--model", default="acme/classifier")
args = parser.parse_args()

data = load_dataset("acme/words", use_auth_token=True)
model = AutoModel.from_pretrained(args.model, token=hf_token)


def push(repo, hf_token=hf_token):
    try:
        model.push_to_hub(repo, token=hf_token)
    except OSError as error:
        raise RuntimeError(f"cannot push to {repo} with {hf_token}") from error
