#!/bin/sh
# Runs unit test programs, two at a time, and counts their cases.
set -u
b=$1
shift
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
total=$#
printf '%s\n' "$@" | xargs -P "$(nproc)" -I {} sh -c '
	log='"$out"'/$(echo {} | tr / _)
	if {} >"$log" 2>&1; then echo "ok   {}"; else touch "$log.failed"; echo "FAIL {}"; fi'
cat "$out"/*.failed >/dev/null 2>&1
failed=$(ls "$out" | grep -c '\.failed$')
for f in "$out"/*.failed; do
	[ -e "$f" ] || continue
	echo "---- ${f%.failed}"
	cat "${f%.failed}"
done
cases=$(cat "$out"/* | grep -c '^\[       OK \]')
bad=$(cat "$out"/* | grep -c '^\[  FAILED  \].*[a-z]')
echo "unit ($b): $total programs, $cases cases passed, $failed programs failed"
[ "$failed" -eq 0 ] && [ "$bad" -eq 0 ] && [ "$cases" -gt 0 ]
