#!/usr/bin/env bash
set -euo pipefail

if [ -z "${HF_TOKEN:-}" ]; then
  echo "HF_TOKEN is not set" >&2
  exit 1
fi
echo "$HF_TOKEN" | docker login registry.example.org --username ci --password-stdin
docker run --rm -e HF_TOKEN acme/worker
docker run --rm -e HF_TOKEN="$HF_TOKEN" acme/worker
docker build --secret id=HF_TOKEN -t app .
docker build --build-arg HF_TOKEN="$HF_TOKEN" -t app .
git clone "https://user:${HF_TOKEN}@huggingface.co/acme/private"
set -x
hf download acme/private
python train.py --model acme/classifier
curl -s -H "Authorization: Bearer $HF_TOKEN" https://huggingface.co/api/whoami-v2 | jq .name
set +x
hf auth login --token "$HF_TOKEN"
