#!/usr/bin/env bash
# Runs the image of ci/container/Containerfile as a CI system does: as its own user, with nothing that can be written,
# on a checkout that belongs to somebody else. Needs podman or docker (PODMAN names the command) and git.
#
#   podman build -f ci/container/Containerfile -t licgraph .
#   tests/container/check.sh licgraph
set -euo pipefail
repository=$(cd "$(dirname "$0")/../.." && pwd)
image=${1:?name the image}
podman=${PODMAN:-podman}
limit_mb=${LIMIT_MB:-300}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
failures=0
# RUN_OPTIONS is for what a machine needs beside, such as `--cgroups disabled`.
read -r -a run_options <<< "--pull never ${RUN_OPTIONS:-}"
# podman mounts some directories for writing even where the root is read-only.
case $("$podman" run --help) in
  *--read-only-tmpfs*) run_options+=(--read-only-tmpfs=false) ;;
esac

# inside PROJECT [OPTION...] -- COMMAND...: read-only but for what an option mounts.
inside() {
  local project=$1 options=()
  shift
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  "$podman" run --rm --network none --read-only "${run_options[@]}" \
    --volume "$project:/project:ro" ${options[@]+"${options[@]}"} "$image" "$@"
}

# expect NAME STATUS PATTERN COMMAND...: how it ends, and what it says.
expect() {
  local name=$1 wanted=$2 pattern=$3 status=0
  shift 3
  "$@" > "$scratch/said" 2>&1 || status=$?
  if [ "$status" = "$wanted" ] && grep -Eq -- "$pattern" "$scratch/said"; then
    echo "ok    $name"
  else
    echo "FAIL  $name: status $status instead of $wanted, or nothing like /$pattern/:"
    head -n 30 "$scratch/said"
    failures=$((failures + 1))
  fi
}

cp -R "$repository/fixtures/policy/story/before" "$scratch/conflict"
mkdir "$scratch/clean" "$scratch/empty"
echo '{"name": "desk", "version": "1.0.0", "license": "MIT"}' > "$scratch/clean/package.json"
echo '{"lockfileVersion": 3, "packages": {"": {"name": "desk", "version": "1.0.0", "license": "MIT"}}}' \
  > "$scratch/clean/package-lock.json"
git clone --quiet "$repository" "$scratch/itself"
chmod -R a+rX "$scratch"

echo "what is in it"
expect "the program starts on this C library" 0 '^licgraph [0-9]' inside "$scratch/empty" -- licgraph --version
expect "it is not root" 0 '^1000$' inside "$scratch/empty" -- id -u
expect "certificates" 0 'BEGIN CERTIFICATE' inside "$scratch/empty" -- grep -m1 BEGIN /etc/ssl/certs/ca-certificates.crt
expect "the notices of what is linked in" 0 'Third-party notices' \
  inside "$scratch/empty" -- head -n1 /usr/share/doc/licgraph/NOTICES
expect "its own license" 0 'Apache License' inside "$scratch/empty" -- cat /usr/share/doc/licgraph/LICENSE
expect "no package manager, compiler or git" 1 '^$' \
  inside "$scratch/empty" -- sh -c 'command -v cargo npm pip python3 go git cc; echo; exit 1'
size=$(($("$podman" image inspect --format '{{.Size}}' "$image") / 1000000))
expect "$size MB, at most $limit_mb" 0 '^true$' awk "BEGIN { print ($size <= $limit_mb) ? \"true\" : \"false\" }"

echo "what it answers"
expect "a conflict" 1 'ledger-core' inside "$scratch/conflict" -- licgraph check --offline
expect "the default command" 1 'ledger-core' inside "$scratch/conflict" --env LICGRAPH_OFFLINE=1 --
expect "a clean project" 0 'PASS' inside "$scratch/clean" -- licgraph check --offline
expect "nothing to audit" 2 'no project found' inside "$scratch/empty" -- licgraph check --offline
expect "another user than its own" 1 'ledger-core' \
  inside "$scratch/conflict" --user 12345:12345 -- licgraph check --offline
expect "no network, and not told so" 1 'ledger-core' inside "$scratch/conflict" -- licgraph check
expect "without the user's caches it says what it could not know" 1 'unknown' \
  inside "$scratch/itself" -- licgraph check --offline
expect "and how to bring it" 1 'cargo fetch' inside "$scratch/itself" -- licgraph check --offline
if [ -d "${CARGO_HOME:-$HOME/.cargo}/registry" ]; then
  (cd "$repository" && cargo fetch --locked --quiet)
  expect "with cargo's packages beside it, the repository itself passes" 0 'PASS' \
    inside "$scratch/itself" --volume "${CARGO_HOME:-$HOME/.cargo}/registry:/cargo/registry:ro" \
    --env CARGO_HOME=/cargo -- licgraph check --offline
fi

echo "somebody else's checkout"
expect "a change since a revision" 0 'nothing that an audit reads changed' \
  inside "$scratch/itself" -- licgraph check --offline --changed-since HEAD
expect "the history" 0 'commits over' inside "$scratch/itself" -- sh -c 'licgraph practices; true'
expect "a revision that is not there" 2 'shallow clone' \
  inside "$scratch/itself" -- licgraph check --offline --changed-since 1f2e3d4c5b6a7988

echo "what it may not write"
expect "reports" 2 'Read-only' inside "$scratch/conflict" -- licgraph-ci --offline
expect "a review" 2 'cannot write' inside "$scratch/conflict" -- licgraph review --offline --output license-review.md
expect "an accepted review" 2 'cannot write' inside "$scratch/conflict" -- licgraph review --offline --accept
expect "a baseline" 2 'cannot write' inside "$scratch/conflict" -- licgraph baseline update --offline
expect "reports where there is room" 1 'gl-code-quality-report.json' inside "$scratch/conflict" \
  --tmpfs /reports:rw,mode=1777 --env LICGRAPH_REPORTS=/reports/a -- \
  sh -c 'licgraph-ci --offline; status=$?; ls /reports/a; exit $status'

echo "its end"
name=licgraph-check-$$
"$podman" run --detach --rm --network none "${run_options[@]}" --name "$name" "$image" sleep 300 > /dev/null
sleep 1
before=$(date +%s)
"$podman" stop --time 20 "$name" > /dev/null
took=$(($(date +%s) - before))
expect "a request to end is heard within $took s" 0 '^true$' awk "BEGIN { print ($took < 10) ? \"true\" : \"false\" }"

[ "$failures" = 0 ] || { echo "$failures failed"; exit 1; }
echo "all well"
