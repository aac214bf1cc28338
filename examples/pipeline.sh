#!/bin/sh
# A pipeline as in GitHub Actions: jobs side by side, a step that may fail, one that depends on the branch, and one that
# always runs.
#
#     sh examples/pipeline.sh
#
# The exit code is that of the first step that must not fail and did.

eval "$(zigtui record start pipeline --file "$0")"
trap 'code=$?; zigtui record step cleanup -- echo "removing temporary files"; zigtui record end $code; exit $code' EXIT
trap 'exit 130' INT; trap 'exit 143' TERM; trap 'exit 129' HUP
set -e

zigtui record step checkout -- echo "checking out ${BRANCH:=feature}"

# Jobs that run side by side. `wait PID` has the exit code of a job.
zigtui record tier lint types
zigtui record step lint -- echo "no findings" &
lint=$!
zigtui record step types -- echo "no errors" &
types=$!
wait $lint
wait $types

# continue-on-error
zigtui record step audit -- sh -c 'echo "1 advisory"; exit 1' || echo "the audit failed, which is allowed"

zigtui record step tests -- sh -c "${TESTS:-echo 3 tests passed}"

# if: branch == release
if [ "$BRANCH" = release ]; then
    zigtui record step publish -- echo "published"
else
    zigtui record skip publish "the branch is $BRANCH, not release"
fi
