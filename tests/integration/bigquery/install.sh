#!/bin/sh
# Installs the emulator into the folder $1, with the Python $2.
set -eu
here=$(dirname "$0")
uv venv --quiet --clear --python "$2" "$1"
python=$1/bin/python
uv pip install --quiet --python "$python" --requirement "$here/requirements.txt"
packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
# It names 3.13 as its oldest Python. Copied, since a link would change uv's cache too.
uv pip install --quiet --no-deps --python-version 3.13 --target "$packages" \
    --link-mode copy local-bigquery==0.3.2
"$python" "$here/older_python.py" "$packages/local_bigquery"
