#!/bin/sh
# The end-to-end suite: real clients against a real portal-sshd from $1.  As
# root it runs twice: as root (own users, chroot) and as somebody; and all of it
# again with the store in a PostgreSQL database.
set -eu
b=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/e2e"
# They wait more than they compute.
workers=$(($(nproc) * 2))
export PORTAL_BUILD="$b" PYTHONDONTWRITEBYTECODE=1
exec sh "$here/postgresql.sh" with /usr/bin/python3 -m pytest -q -p no:cacheprovider \
	-n "$workers" --dist loadfile ${PYTEST_ARGS:-}
