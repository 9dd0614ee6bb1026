#!/bin/sh
# make bench: every figure, each against OpenSSH's sshd in the same run, and on
# a PostgreSQL server that writes through to the disk.
set -eu
PORTAL_BUILD=$(cd "$1" && pwd)
export PORTAL_BUILD PYTHONDONTWRITEBYTECODE=1
here=$(cd "$(dirname "$0")" && pwd)
server=$(mktemp -d)
chmod 755 "$server"
trap 'sh "$here/../postgresql.sh" stop "$server/pg"; rm -rf "$server"' EXIT
trap 'exit 130' INT TERM HUP
PORTAL_TEST_SERVER=$(sh "$here/../postgresql.sh" start "$server/pg" fsync)
export PORTAL_TEST_SERVER
/usr/bin/python3 "$here/bench.py" ${BENCH_ROWS:-}
