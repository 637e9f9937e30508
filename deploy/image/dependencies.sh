#!/bin/sh
# First half of the image's first stage: a virtual environment at $1 with the pinned requirements, hash by hash, and one
# beside it with what builds the wheel. Scripts, so that they can be tried without a container engine.
# Run in the root of the sources.
set -eu
target=$1
pip="$target.tools/bin/python -m pip --disable-pip-version-check --quiet --no-cache-dir"

python3 -m venv --without-pip "$target"
python3 -m venv "$target.tools"
$pip install --require-hashes -r requirements/build.txt
$pip --python "$target/bin/python" install --no-compile --only-binary :all: --require-hashes -r requirements/runtime.txt
