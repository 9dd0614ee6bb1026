#!/bin/sh
# A PostgreSQL server for tests, with a data directory and a port of its own,
# never run as root.
#	postgresql.sh start DIR [fsync]	makes it in DIR unless it is there,
#		starts it, prints the URL of a role that may make databases
#	postgresql.sh stop DIR		ends it
#	postgresql.sh restart DIR	ends it at once and starts it on its port
#	postgresql.sh down DIR, up DIR	the two halves of a restart
#	postgresql.sh with COMMAND...	runs it with PORTAL_TEST_SERVER set to the
#		URL, and ends and removes the server whatever happens; one that
#		is set already is used
# Without "fsync" nothing is written through to the disk: quick, and lost if
# the machine is; and no autovacuum: its processes are the admin's, and a
# database that they are in cannot be dropped by portal.  Bytes sort by ICU's
# English rules unless a column says otherwise, as in many a provider's database.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || {
	echo "postgresql.sh: no PostgreSQL server here: make deps" >&2
	exit 1
}
command=${1:?start, stop, restart, down, up or with} dir=${2:?DIR}

as_somebody() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
	else
		"$@"
	fi
}
free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}
control() {
	as_somebody "$bin/pg_ctl" -s -w -t 60 -D "$dir/data" "$@"
}
begin() {
	as_somebody "$bin/pg_ctl" -s -w -t 60 -D "$dir/data" \
		-l "$dir/server.log" start >"$dir/start.log" 2>&1 || {
		cat "$dir/start.log" "$dir/server.log" >&2
		return 1
	}
}
url() { cat "$dir/url"; }

make_cluster() {
	mkdir -p "$dir"
	[ "$(id -u)" -ne 0 ] || chown nobody:nogroup "$dir"
	umask 077
	printf 'admin\n' >"$dir/password"
	[ "$(id -u)" -ne 0 ] || chown nobody:nogroup "$dir/password"
	as_somebody "$bin/initdb" -D "$dir/data" -U admin -E UTF8 --locale=C.UTF-8 \
		--locale-provider=icu --icu-locale=en-US -A scram-sha-256 \
		--pwfile="$dir/password" --no-sync >"$dir/initdb.log" 2>&1 || {
		cat "$dir/initdb.log" >&2
		exit 1
	}
	port=$(free_port)
	as_somebody tee -a "$dir/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 200
shared_buffers = 64MB
max_wal_size = 256MB
fsync = $1
full_page_writes = $1
autovacuum = $1
log_min_messages = warning
CONF
	umask 022
	printf 'postgresql://portal:portal@127.0.0.1:%s/postgres\n' "$port" >"$dir/url"
}
make_role() {
	PGPASSWORD=admin "$bin/psql" -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -U admin \
		-p "$(sed 's|.*:\([0-9]*\)/.*|\1|' "$dir/url")" -d postgres -c \
		"CREATE ROLE portal LOGIN CREATEDB CREATEROLE PASSWORD 'portal'"
}

# Databases by the hundred are quick to make only in memory.
roomy_place() {
	kilobytes=$(df -Pk /dev/shm 2>/dev/null | awk 'END {print $4}')
	if [ -w /dev/shm ] && [ "${kilobytes:-0}" -gt 2000000 ]; then
		echo /dev/shm
	else
		echo "${TMPDIR:-/tmp}"
	fi
}
run_with() {
	if [ -n "${PORTAL_TEST_SERVER:-}" ]; then
		exec "$@"
	fi
	dir=$(mktemp -d "$(roomy_place)/portal-pg-XXXXXX")
	trap 'sh "$0" stop "$dir"; rm -rf "$dir"' EXIT
	trap 'exit 130' INT TERM HUP
	PORTAL_TEST_SERVER=$(sh "$0" start "$dir") || exit 1
	export PORTAL_TEST_SERVER
	"$@"
}

case $command in
with)
	shift
	run_with "$@"
	;;
start)
	if [ ! -f "$dir/url" ]; then
		if [ "${3:-}" = fsync ]; then make_cluster on; else make_cluster off; fi
		begin
		make_role
	elif ! control status >/dev/null 2>&1; then
		begin
	fi
	url
	;;
stop) [ ! -d "$dir/data" ] || control -m fast stop >/dev/null 2>&1 || : ;;
restart) control -m immediate stop && begin ;;
down) control -m immediate stop ;;
up) begin ;;
*) echo "postgresql.sh: start, stop, restart, down, up or with" >&2; exit 2 ;;
esac
