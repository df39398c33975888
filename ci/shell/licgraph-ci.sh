#!/bin/sh
# Audits a tree in any CI and leaves every form of the report behind. One audit, many forms.
#
# Settings, all optional, from the environment:
#   LICGRAPH           the program                                        (licgraph)
#   LICGRAPH_PATH      what to audit, best relative to the checkout       (.)
#   LICGRAPH_REPORTS   where the reports go                               (licgraph-reports)
#   LICGRAPH_FORMS     which forms beside JSON                            (sarif markdown junit html gitlab)
#   LICGRAPH_LOG       how findings are shown in the log: terminal, github or none   (terminal)
#   LICGRAPH_UNDER     where what is audited lies in the repository, for the file names that a forge links
#                      (LICGRAPH_PATH, where that is below the working directory)
# Arguments are passed on to `licgraph check`: --baseline FILE, --changed-since REV, --fail-on LEVEL, --offline ...
#
# Ends with the exit status of the audit: 0 clean, 1 findings, 2 wrong use, 3 incomplete.
set -eu

licgraph=${LICGRAPH:-licgraph}
path=${LICGRAPH_PATH:-.}
reports=${LICGRAPH_REPORTS:-licgraph-reports}
forms=${LICGRAPH_FORMS:-sarif markdown junit html gitlab}
log=${LICGRAPH_LOG:-terminal}

# A name that begins with a dash is a name all the same.
case $path in -*) path=./$path ;; esac
case $reports in -*) reports=./$reports ;; esac

name_of() {
    case $1 in
        json) echo licgraph.json ;;
        sarif) echo licgraph.sarif ;;
        markdown) echo licgraph.md ;;
        junit) echo licgraph.xml ;;
        html) echo licgraph.html ;;
        csv) echo licgraph.csv ;;
        gitlab) echo gl-code-quality-report.json ;;
        *)
            echo "licgraph-ci: unknown form '$1' in LICGRAPH_FORMS" >&2
            return 2
            ;;
    esac
}

# Where the audited directory lies in the checkout.
under() {
    case $path in
        "$PWD"/*) inside=${path#"$PWD"/} ;;
        /* | ?:* | *..*) inside=. ;;
        *) inside=$path ;;
    esac
    if [ "$inside" != . ] && [ -f "$path" ]; then
        inside=$(dirname -- "$inside")
    fi
    printf '%s\n' "$inside"
}

for form in $forms; do
    name_of "$form" >/dev/null || exit 2
done
under=${LICGRAPH_UNDER:-$(under)}

# What an earlier run left in a kept workspace is no report of this one.
mkdir -p -- "$reports" || exit 2
for form in json sarif markdown junit html csv gitlab; do
    rm -f -- "$reports/$(name_of "$form")"
done
report=$reports/licgraph.json

# A forge obeys commands in the log. Names and messages from outside give none.
guard=
if [ "$log" = github ]; then
    exec 2>&1
    guard=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$guard"
fi
status=0
"$licgraph" check "$path" --format json --output "$report" "$@" || status=$?
if [ -n "$guard" ]; then
    echo "::$guard::"
fi
if [ ! -f "$report" ]; then
    # Nothing to audit, or wrong use: the message is in the log already.
    exit "$status"
fi

for form in $forms; do
    "$licgraph" render "$report" --format "$form" --under "$under" --output "$reports/$(name_of "$form")"
done
if [ "$log" != none ]; then
    "$licgraph" render "$report" --format "$log" --under "$under"
fi
exit "$status"
