#!/bin/sh
# make check: every step in turn, what it took, and one line at the end.
set -u
make=${1:-make}
export CI=${CI:-}
passed=0 failed=0 failures=
j=$(nproc)

step() {
	name=$1
	shift
	start=$(date +%s)
	echo "==== $name"
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		failures="$failures $name"
	fi
	echo "==== $name: $(($(date +%s) - start)) s"
}

m="$make --no-print-directory -s -j$j"
step build $m CFLAGS=-Werror B=build all tests
step headers $m check-headers
step format $m check-format
step layers $m check-layers
step manuals $m check-man
step unit $m check-unit
step clang $m B=build-clang CC=clang CFLAGS=-Werror all
step fuzz env FUZZ_RUNS=300 FUZZ_SECONDS=20 $m fuzz
step asan $make --no-print-directory -s check-asan
step e2e $make --no-print-directory -s check-e2e
[ -z "$failures" ] || echo "failed:$failures"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
