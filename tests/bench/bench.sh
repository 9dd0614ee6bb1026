#!/bin/sh
# make bench: every figure, each against OpenSSH's sshd in the same run.
set -eu
PORTAL_BUILD=$(cd "$1" && pwd)
export PORTAL_BUILD PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$(dirname "$0")/bench.py"
