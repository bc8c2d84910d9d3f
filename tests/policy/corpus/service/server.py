"""A service in front of a model."""

import logging
from dataclasses import dataclass

import requests

log = logging.getLogger("service")


@dataclass
class Settings:
    hf_token: str = ""
    model: str = "acme/classifier"


class HubError(Exception):
    """The Hub did not do what it was asked for."""


def headers(settings: Settings) -> dict:
    return {"Authorization": f"Bearer {settings.hf_token}"}


def fetch(settings: Settings, path: str) -> bytes:
    url = f"https://huggingface.co/{settings.model}/resolve/main/{path}"
    answer = requests.get(url, headers=headers(settings), timeout=30)
    if answer.status_code == 401:
        raise HubError("the token was not accepted; is HF_TOKEN set?")
    log.info("fetched %s (%d tokens)", path, len(answer.content))
    return answer.content


def mirror(settings: Settings, hf_token: str) -> str:
    log.debug("mirroring with %s", hf_token)
    return f"https://user:{hf_token}@huggingface.co/{settings.model}"
