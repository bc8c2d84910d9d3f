"""A demo."""

import logging
import os

import gradio as gr
from huggingface_hub import HfApi, InferenceClient, login, snapshot_download

logger = logging.getLogger(__name__)

HF_TOKEN = os.environ.get("HF_TOKEN")
API = HfApi(token=HF_TOKEN)
CLIENT = InferenceClient("acme/classifier", token=HF_TOKEN)

if HF_TOKEN is None:
    raise RuntimeError("HF_TOKEN is not set; see README.md")

logger.info("token is set: %s", bool(HF_TOKEN))
logger.info("token length %d", len(HF_TOKEN))


def classify(text, token=None):
    return CLIENT.text_classification(text)


def load():
    path = snapshot_download("acme/private", token=HF_TOKEN)
    print(f"loaded {path}")


gr.Interface(classify, "text", "label").launch()
