#!/bin/sh
# make demo: a demo provider in demo/, served in the background on loopback.
#	demo.sh start BUILD [PORT]	demo.sh stop
set -eu

# Started as root, the parts run as users of their own.  May they come here?
open_to_all() {
	at=$PWD
	while [ "$at" != / ]; do
		case $(stat -c %A "$at") in
		*[xt]) ;;
		*) return 1 ;;
		esac
		at=$(dirname "$at")
	done
}
dir=demo
[ "$(id -u)" != 0 ] || open_to_all || dir=/var/lib/portal-demo

# Is this program of the demo running?  Its pid in $pid.
running() {
	[ -f "$dir/$1.pid" ] && pid=$(cat "$dir/$1.pid") &&
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]
}
end() {
	running "$1" || return 0
	kill "$pid"
	while running "$1"; do sleep 0.1; done
	rm -f "$dir/$1.pid"
}
# Starts a program, until its log says what it says when it runs.
begin() {
	: >"$dir/$1.log"
	setsid "$b/$1" -c "$dir/portal.conf" </dev/null >"$dir/$1.log" 2>&1 &
	echo $! >"$dir/$1.pid"
	until grep -q "$2" "$dir/$1.log"; do
		running "$1" || kill -0 $! 2>/dev/null || { cat "$dir/$1.log" >&2; exit 1; }
		sleep 0.1
	done
}
# Is somebody listening on this port of 127.0.0.1?
taken() {
	hex=$(printf '0100007F:%04X' "$1")
	any=$(printf '00000000:%04X' "$1")
	awk -v a="$hex" -v b="$any" '$4 == "0A" && ($2 == a || $2 == b) {f = 1}
		END {exit !f}' /proc/net/tcp
}

case $1 in
stop)
	running portal-sshd || running portal-worker ||
		{ echo "demo: not running"; exit 0; }
	end portal-worker
	end portal-sshd
	echo "demo: stopped"
	exit 0
	;;
start) ;;
*) echo "usage: demo.sh start BUILD [PORT] | stop" >&2; exit 2 ;;
esac

b=$(cd "$2" && pwd)
if ! running portal-sshd; then
	port=${3:-}
	if [ ! -f "$dir/portal.conf" ]; then
		if [ -z "$port" ]; then
			port=2222
			while taken "$port"; do port=$((port + 1)); done
		fi
		http=8080
		while taken "$http"; do http=$((http + 1)); done
		"$b/portalctl" init --demo --dir "$dir" --port "$port" \
			--http-port "$http" >/dev/null
	fi
	port=$(sed -n 's/^listen *= *127\.0\.0\.1://p' "$dir/portal.conf" | head -n 1)
	if taken "$port"; then
		echo "demo: port $port is taken. Free it, or: rm -r $dir && make demo DEMO_PORT=N" >&2
		exit 1
	fi
	begin portal-sshd 'listening on'
fi
running portal-worker || begin portal-worker 'ready, as'
port=$(sed -n 's/^listen *= *127\.0\.0\.1://p' "$dir/portal.conf" | head -n 1)
cat <<EOF

The demo provider is up (log: $dir/portal-sshd.log). Look at it:

    ssh -p $port portal@127.0.0.1

E-mail demo@example.net, password demo. Also: second@example.net / second, who
is blocked for debt, and rural@example.net / rural of another provider
(ssh -p $port ruralnet@127.0.0.1). In another window:

    scp -P $port 'portal@127.0.0.1:invoices/*.pdf' .
    ssh -p $port portal@127.0.0.1 invoices --json

Stop it with: make demo-stop
EOF
