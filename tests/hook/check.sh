#!/usr/bin/env bash
# Lets pre-commit install the hook of this repository as any other repository would, and commits with it.
# Needs git, pre-commit (PRE_COMMIT names the command) and, for `licgraph`, a Rust toolchain and some minutes.
#
#   tests/hook/check.sh [licgraph|licgraph-installed]
set -euo pipefail
repository=$(cd "$(dirname "$0")/../.." && pwd)
hook=${1:-licgraph}
pre_commit=${PRE_COMMIT:-pre-commit}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=Test GIT_AUTHOR_EMAIL=test@example.invalid
export GIT_COMMITTER_NAME=Test GIT_COMMITTER_EMAIL=test@example.invalid

# expect NAME STATUS PATTERN COMMAND...: how it ends, and what it says.
expect() {
  local name=$1 wanted=$2 pattern=$3 status=0
  shift 3
  "$@" > "$scratch/said" 2>&1 || status=$?
  if [ "$status" != "$wanted" ] || ! grep -Eq -- "$pattern" "$scratch/said"; then
    echo "FAIL  $name: status $status instead of $wanted, or nothing like /$pattern/:"
    cat "$scratch/said"
    exit 1
  fi
  echo "ok    $name"
}

mkdir "$scratch/a project"
cd "$scratch/a project"
git init --quiet
cat > .pre-commit-config.yaml <<CONFIG
repos:
  - repo: $repository
    rev: $(git -C "$repository" rev-parse HEAD)
    hooks:
      - id: $hook
CONFIG
"$pre_commit" validate-manifest "$repository/.pre-commit-hooks.yaml"
"$pre_commit" install
before=$(date +%s)
"$pre_commit" install-hooks
echo "ok    installed in $(($(date +%s) - before)) s"
git add .pre-commit-config.yaml
expect "a commit that touches no manifest does not start it" 0 'Skipped' git commit -m "Add the hook"
cp "$repository"/fixtures/policy/story/before/* .
git add .
expect "a conflict blocks the commit" 1 'ledger-core' git commit -m "Add what conflicts"
expect "and nothing was committed" 0 '^1$' git rev-list --count HEAD
echo '{"name": "desk", "version": "1.0.0", "license": "MIT"}' > package.json
echo '{"lockfileVersion": 3, "packages": {"": {"name": "desk", "version": "1.0.0", "license": "MIT"}}}' > package-lock.json
git add .
expect "without it the commit goes through" 0 'Passed' git commit -m "Add what does not"
echo "all well"
