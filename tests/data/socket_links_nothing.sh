#!/bin/sh
# A program that opens nothing but the socket engine must link neither sqlite
# nor libsodium, nor carry the text of a statement or schema.
#	usage: socket_links_nothing.sh BUILD_DIR   (default: build)
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM

cat > "$dir/client.c" <<'C'
#include "data/store.h"
#include "data/verb.h"

int
main(void)
{
	struct store *st;
	struct query q;
	struct note note;
	bool got;

	if (store_open_socket(&st, 3) != ERR_NONE)
		return 1;
	q = query_begin(st, (enum sql)0);
	query_bind_int(&q, 1);
	while (query_row(&q))
		(void)col_int(&q, 0);
	(void)query_end(&q);
	(void)store_call(st, (enum verb)0, NULL, NULL);
	(void)store_render(st, 1, 0);
	(void)store_note(st, &note, &got);
	store_close(st);
	return 0;
}
C

# No -l at all: an undefined sqlite3_* or crypto_* symbol ends it here.
"${CC:-gcc}" -std=c17 -D_GNU_SOURCE -O2 -ffunction-sections -fdata-sections \
	-I. -I"$build/gen" -pie -fPIE -Wl,--gc-sections -o "$dir/client" \
	"$dir/client.c" "$build/libdata.a" "$build/libbase.a"

status=0
if nm "$dir/client" | grep -E 'sqlite|crypto_|sodium|sql_table|schema_table|verb_table'; then
	echo "socket_links_nothing: the symbols above do not belong here" >&2
	status=1
fi
if strings -a "$dir/client" | grep -E 'INSERT INTO|CREATE TABLE|SELECT '; then
	echo "socket_links_nothing: the texts above do not belong here" >&2
	status=1
fi
exit $status
