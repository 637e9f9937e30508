#!/bin/sh
# Second half: pubflow itself from the sources, as a wheel, without asking anybody; then bytecode for everything, since
# nothing can be written where it will run. Run in the root of the sources after dependencies.sh with the same $1.
set -eu
target=$1
pip="$target.tools/bin/python -m pip --disable-pip-version-check --quiet --no-cache-dir"

$pip wheel --no-deps --no-build-isolation --no-index --wheel-dir "$target.wheel" .
$pip --python "$target/bin/python" install --no-compile --no-deps --no-index "$target.wheel"/*.whl
"$target/bin/python" -m compileall -q "$target/lib"
cp deploy/image/healthy.py "$target/bin/healthy.py"
rm -rf "$target.tools" "$target.wheel"
