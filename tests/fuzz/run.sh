#!/bin/sh
# Builds every tests/fuzz/fuzz_*.c as a libFuzzer target with AddressSanitizer
# and UBSan below the folder given, and runs each for FUZZ_SECONDS.  What was
# learnt stays in FOLDER/corpus, what was found in FOLDER/found; the seeds are
# those in tests/fuzz/seeds.  FUZZ_ONLY="text wire" runs only these.  With
# FUZZ_RUNS each runs so often at most, with the same inputs every time: make
# check is no place for surprises.
set -u
b=$1
seconds=${FUZZ_SECONDS:-60}
same=${FUZZ_RUNS:+-runs=$FUZZ_RUNS -seed=1}
san="-fsanitize=address,undefined -fno-sanitize-recover=undefined"
san="$san -fno-omit-frame-pointer -U_FORTIFY_SOURCE"

command -v clang >/dev/null 2>&1 || {
	echo "fuzz: clang is missing: make deps" >&2
	exit 1
}

archives=
for a in tests-tui tests-sshd tests-data portal-tui portal-sshd portal-files \
	portal-cmd export data base; do
	archives="$archives $b/lib$a.a"
done
names=
objects=
helpers=$b/obj/tests/fuzz/snapshot.o
for f in tests/fuzz/fuzz_*.c; do
	name=$(basename "$f" .c)
	name=${name#fuzz_}
	case " ${FUZZ_ONLY:-$name} " in *" $name "*) ;; *) continue ;; esac
	names="$names $name"
	objects="$objects $b/obj/tests/fuzz/fuzz_$name.o"
done
[ -n "$names" ] || {
	echo "fuzz: nothing to run" >&2
	exit 1
}

# shellcheck disable=SC2086
make --no-print-directory -s B="$b" CC=clang LDFLAGS= \
	CFLAGS="$san -fsanitize=fuzzer-no-link" $archives $objects $helpers ||
	exit 1
libs=$(pkg-config --libs cmocka sqlite3 libpq libsodium libseccomp libssh inih \
	jansson pangocairo ncursesw libqrencode libxml-2.0) || exit 1

mkdir -p "$b/fuzz" "$b/found"
failed=
for name in $names; do
	# shellcheck disable=SC2086
	clang $san -fsanitize=fuzzer -o "$b/fuzz/$name" \
		"$b/obj/tests/fuzz/fuzz_$name.o" $helpers $archives $libs ||
		exit 1
	corpus=$b/corpus/$name
	seeds=tests/fuzz/seeds/$name
	mkdir -p "$corpus"
	[ -d "$seeds" ] || seeds=
	log=$b/fuzz/$name.log
	# shellcheck disable=SC2086
	if "$b/fuzz/$name" -max_total_time="$seconds" $same -timeout=20 \
		-rss_limit_mb=2048 -max_len=8192 -close_fd_mask=1 \
		-print_final_stats=1 -artifact_prefix="$b/found/$name-" \
		"$corpus" $seeds >"$log" 2>&1 </dev/null; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		units=$(ls "$corpus" | wc -l)
		echo "ok   $name: ${runs:-0} runs, $units units of corpus"
	else
		failed="$failed $name"
		echo "FAIL $name: $log"
		grep -aE '^(==[0-9]+==ERROR|SUMMARY|artifact_prefix|.*runtime error)' \
			"$log" | cut -c 1-200 | head -8
	fi
done
[ -z "$failed" ] || {
	echo "fuzz: found something in$failed; again with: $b/fuzz/NAME FILE" >&2
	exit 1
}
echo "fuzz: $(echo $names | wc -w) targets, $seconds s each, nothing found"
