#!/bin/sh
# Runs unit test programs, as many at a time as there are processors, and counts
# their cases.
#	unit.sh BUILD sqlite PROGRAM...
#	unit.sh BUILD postgresql PROGRAM...	those that open a store, on the
#		server that PORTAL_TEST_SERVER names (tests/postgresql.sh with)
set -u
b=$1 engine=$2
shift 2

opens_a_store() { nm "$1" | grep -q ' scratch_init$'; }
unset PORTAL_TEST_STORE
if [ "$engine" = postgresql ]; then
	export PORTAL_TEST_STORE="${PORTAL_TEST_SERVER:?}"
	for program in "$@"; do
		shift
		! opens_a_store "$program" || set -- "$@" "$program"
	done
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
total=$#
printf '%s\n' "$@" | xargs -P "$(nproc)" -I {} sh -c '
	log='"$out"'/$(echo {} | tr / _)
	if {} >"$log" 2>&1; then echo "ok   {}"; else touch "$log.failed"; echo "FAIL {}"; fi' |
	sed "s/\$/ ($engine)/"
failed=$(find "$out" -name '*.failed' | wc -l)
for f in "$out"/*.failed; do
	[ -e "$f" ] || continue
	echo "---- ${f%.failed}"
	cat "${f%.failed}"
done
cases=$(cat "$out"/* | grep -c '^\[       OK \]')
skipped=$(cat "$out"/* | awk '/^ *[0-9]+ SKIPPED TEST/ {n += $1} END {print n + 0}')
bad=$(cat "$out"/* | grep -c '^\[  FAILED  \].*[a-z]')
echo "unit ($b, $engine): $total programs, $cases cases passed, $skipped skipped," \
	"$failed programs failed"
[ "$failed" -eq 0 ] && [ "$bad" -eq 0 ] && [ "$cases" -gt 0 ]
