#!/bin/sh
# make demo: a demo provider in demo/, served in the background on loopback.
#	demo.sh start BUILD [PORT]	demo.sh stop
set -eu
dir=demo
pidfile=$dir/portal-sshd.pid

running() {
	[ -f "$pidfile" ] && pid=$(cat "$pidfile") &&
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" = portal-sshd ]
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
	running || { echo "demo: not running"; exit 0; }
	kill "$pid"
	while running; do sleep 0.1; done
	rm -f "$pidfile"
	echo "demo: stopped"
	exit 0
	;;
start) ;;
*) echo "usage: demo.sh start BUILD [PORT] | stop" >&2; exit 2 ;;
esac

b=$(cd "$2" && pwd)
if ! running; then
	port=${3:-}
	if [ ! -f "$dir/portal.conf" ]; then
		if [ -z "$port" ]; then
			port=2222
			while taken "$port"; do port=$((port + 1)); done
		fi
		"$b/portalctl" init --demo --dir "$dir" --port "$port" >/dev/null
	fi
	port=$(sed -n 's/^listen *= *127\.0\.0\.1://p' "$dir/portal.conf" | head -n 1)
	if taken "$port"; then
		echo "demo: port $port is taken. Free it, or: rm -r demo && make demo DEMO_PORT=N" >&2
		exit 1
	fi
	setsid "$b/portal-sshd" -c "$dir/portal.conf" </dev/null \
		>"$dir/portal-sshd.log" 2>&1 &
	echo $! >"$pidfile"
	until grep -q 'listening on' "$dir/portal-sshd.log"; do
		running || { cat "$dir/portal-sshd.log" >&2; exit 1; }
		sleep 0.1
	done
fi
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
