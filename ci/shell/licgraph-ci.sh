#!/bin/sh
# Audits a tree in any CI and leaves every form of the report behind. One audit, many forms.
#
# Settings, all optional, from the environment:
#   LICGRAPH           the program                                        (licgraph)
#   LICGRAPH_PATH      what to audit                                      (.)
#   LICGRAPH_REPORTS   where the reports go                               (licgraph-reports)
#   LICGRAPH_FORMS     which forms beside JSON                            (sarif markdown junit html gitlab)
#   LICGRAPH_LOG       how findings are shown in the log: terminal, github or none   (terminal)
# Arguments are passed on to `licgraph check`: --baseline FILE, --changed-since REV, --fail-on LEVEL, --offline ...
#
# Ends with the exit status of the audit: 0 clean, 1 findings, 2 wrong use, 3 incomplete.
set -eu

licgraph=${LICGRAPH:-licgraph}
path=${LICGRAPH_PATH:-.}
reports=${LICGRAPH_REPORTS:-licgraph-reports}
forms=${LICGRAPH_FORMS:-sarif markdown junit html gitlab}
log=${LICGRAPH_LOG:-terminal}

mkdir -p "$reports"
report=$reports/licgraph.json
rm -f "$report"

status=0
"$licgraph" check "$path" --format json --output "$report" "$@" || status=$?
if [ ! -f "$report" ]; then
    # Nothing to audit, or wrong use: the message is in the log already.
    exit "$status"
fi

for form in $forms; do
    case $form in
        sarif) name=licgraph.sarif ;;
        markdown) name=licgraph.md ;;
        junit) name=licgraph.xml ;;
        html) name=licgraph.html ;;
        csv) name=licgraph.csv ;;
        gitlab) name=gl-code-quality-report.json ;;
        *)
            echo "licgraph-ci: unknown form '$form' in LICGRAPH_FORMS" >&2
            exit 2
            ;;
    esac
    "$licgraph" render "$report" --format "$form" --output "$reports/$name"
done

if [ "$log" != none ]; then
    "$licgraph" render "$report" --format "$log"
fi
exit "$status"
