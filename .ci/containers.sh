#!/usr/bin/env bash
# Has the programs that make archives, models, tables and notebooks make them with
# tokens inside, and hfleaks find each token at its place; then has it open bombs.
#
# HFLEAKS names another program than the release build. Arguments go to unittest:
# `.ci/containers.sh -k Parquet`.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$PWD/target/container-tools
if [ ! -e "$tools/.made" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check \
        Brotli==1.2.1 gguf==0.19.0 google-crc32c==1.9.0 h5py==3.16.0 inflate64==1.0.4 \
        joblib==1.6.0 lz4==4.4.5 nbformat==5.11.1 numpy==2.4.6 onnx==1.23.2 \
        openpyxl==3.1.5 pillow==13.0.0 py7zr==1.1.4 pyarrow==26.0.1 python-docx==1.2.0 \
        pyzipper==0.4.0 reportlab==5.1.0 ripgrep==15.1.0 safetensors==0.8.0 \
        tensorboardX==2.6.5 wheel==0.48.0 zstandard==0.25.0
    touch "$tools/.made"
fi
export HFLEAKS=${HFLEAKS:-$PWD/target/release/hfleaks}
"$tools/bin/python" -B -m unittest discover tests/containers "$@"
