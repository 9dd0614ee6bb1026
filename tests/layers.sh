#!/bin/sh
# The architecture, held: who may include whom, which folder may know which
# library, and what each program may link.  Prints the arrows it found.
set -u
b=$1 linked_in=${2:-}
bad=0
complain() { echo "layers: $*" >&2; bad=1; }

# folder: folders it may include
arrows='base: base
data: base data gen
export: base data export
tui: base data export tui
sshd: base data sshd
sshd/store: base data sshd sshd/store
sshd/files: base data export sshd/files
sshd/cmd: base data export sshd/cmd
sshd/render: base data export sshd/render
worker: base data export worker
ctl: base data export ctl'

# library header: the folders that may know it
knows='sqlite3.h: data
libpq-fe.h: data
sodium.h: data sshd worker ctl
seccomp.h: data
libssh/: sshd
ncurses.h: tui
curses.h: tui
term.h: tui
ini.h: base
curl/: worker
microhttpd.h: worker
qrencode.h: export
libxml/: ctl
jansson.h: worker export sshd/cmd ctl
pango/: export sshd/render
cairo: export sshd/render
fontconfig/: export sshd/render'

# program: libraries it may need, beside libc
links='portal-sshd: libssh libsodium libinih
portal-store: libsqlite3 libsodium libpq
portal-tui: libqrencode libncursesw libtinfo libinih
portal-files: libc
portal-cmd: libjansson libqrencode
portal-render: libqrencode libpango libpangocairo libcairo libgobject libglib libfontconfig
portal-worker: libsqlite3 libsodium libpq libinih libcurl libjansson libmicrohttpd
portalctl: libxml2 libsqlite3 libsodium libpq libinih libjansson'

row() { printf '%s\n' "$2" | sed -n "s|^$1: ||p"; }

for dir in $(printf '%s\n' "$arrows" | cut -d: -f1); do
	allowed=" $(row "$dir" "$arrows") "
	seen=
	for target in $(cat "$dir"/*.[ch] 2>/dev/null |
		sed -n 's|^#include "\(.*\)"$|\1|p' | sort -u); do
		case $target in
		sql_ids.h) t=gen ;;
		*/*) t=${target%/*} ;;
		*) t=$dir ;;
		esac
		# a generated header is the store's own
		[ "$t" = gen ] && [ "$dir" != data ] &&
			complain "$dir includes $target: go through data/"
		case $allowed in
		*" $t "*) ;;
		*) complain "$dir/ may not include $target" ;;
		esac
		case " $seen " in *" $t "*) ;; *) seen="$seen $t" ;; esac
	done
	echo "$dir ->$seen"
	printf '%s\n' "$knows" | while IFS=: read -r header folders; do
		case " $folders " in *" $dir "*) continue ;; esac
		if grep -q "^#include <.*$header" "$dir"/*.[ch] 2>/dev/null; then
			echo "layers: $dir/ may not know <$header>" >&2
			exit 1
		fi
	done || bad=1
done

for program in $(printf '%s\n' "$links" | cut -d: -f1); do
	allowed=" libc ld-linux-x86-64 libm libpthread $(row "$program" "$links") "
	needs=$(readelf -d "$b/$program" |
		sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*/\1/p' | sed 's/-[0-9.]*$//')
	[ -n "$needs" ] || complain "$program: readelf found nothing"
	for lib in $needs; do
		case $allowed in
		*" $lib "*) ;;
		*) complain "$program may not link $lib" ;;
		esac
	done
	[ "$program" = portal-tui ] && needs="$needs, has linked in $linked_in"
	echo "$program links" $needs
done
sh tests/data/socket_links_nothing.sh "$b" || complain "the socket engine pulls in more than it needs"
[ "$bad" -eq 0 ] && echo "check-layers: the arrows hold"
exit "$bad"
