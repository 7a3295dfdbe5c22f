#!/bin/sh
# Installs the emulator into the folder $1, for which it finds a Python 3.13.
set -eu
here=$(dirname "$0")
for python in "${PYTHON313:-}" python3.13 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python; do
    if [ -n "$python" ] && "$python" -c \
        'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then
        uv venv --quiet --clear --python "$python" "$1"
        uv pip install --quiet --python "$1/bin/python" \
            --requirement "$here/requirements.txt"
        echo "BigQuery emulator on $("$1/bin/python" --version)"
        exit 0
    fi
done
echo "The BigQuery emulator needs a Python 3.13; name one: make prove-bigquery" \
    "PYTHON313=/path/to/python3.13" >&2
exit 1
