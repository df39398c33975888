#!/bin/sh
# Loads the SBOMs of a directory with independent libraries. See README.md.
# usage: check.sh SAMPLES [SCRATCH]; SCRATCH keeps the libraries between runs.
set -eu
samples=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
scratch=${2:-$(mktemp -d)}
mkdir -p "$scratch"
if [ ! -x "$scratch/venv/bin/python" ]; then
    python3 -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" --quiet install -r "$here/requirements.txt"
fi
if [ ! -d "$scratch/node/node_modules" ]; then
    mkdir -p "$scratch/node"
    cp "$here/package.json" "$scratch/node/"
    (cd "$scratch/node" && npm install --silent --no-audit --no-fund)
fi
cp "$here/check.mjs" "$scratch/node/"
status=0
"$scratch/venv/bin/python" "$here/check.py" "$samples" || status=1
node "$scratch/node/check.mjs" "$samples" || status=1
exit $status
