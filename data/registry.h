/*
 * The statement registry: one row per statement in data/sql/NAME.sql.
 *
 *	-- name: invoice_lines
 *	-- scope: customer
 *	-- args: int
 *	-- cols: int text int int int int
 *	SELECT ... WHERE tenant = $1 AND customer = $2 AND invoice = $4;
 *
 * A statement ends at the first line that ends in ';'.  "-- args: none" when
 * the caller binds nothing.  arg types: int text bytes, fold (text that is
 * folded for search before it is bound); a trailing ? allows NULL.
 * "-- access: read" is the default for SELECT, "write" for all others; a
 * session may run only read statements: writing goes through verbs.
 */
#ifndef DATA_REGISTRY_H
#define DATA_REGISTRY_H

#include "data/store.h"

struct sql_def {
	const char *name;
	enum scope scope;
	bool write;
	const char *args; /* "itbf", upper case where NULL is allowed */
	const char *cols; /* "itb" */
	const char *text; /* with {WORD}s of the dialect still in it */
};

extern const struct sql_def sql_table[SQL_COUNT];

/* 64-bit hash over all names, args, cols and verbs: two builds that differ do
 * not talk (ERR_VERSION). */
uint64_t registry_hash(void);

/* May this role run it directly?  (Within a verb the handler may run any.) */
bool sql_allowed(const struct sql_def *def, enum role role);

enum dialect { DIALECT_SQLITE, DIALECT_POSTGRESQL };

/*
 * The word table: engine words in schema and statements.  {ID} primary key
 * column, {ROW} one whose numbers may be used again, {INT}, {TEXT} (bytewise
 * collation), {BYTES}, {STRICT}, {KEYED} (strict, and no row but its key),
 * {CONCAT} (aggregate of text with a separator), {TAKE}('TABLE_id_seq', id) an
 * id that is not left to the engine to choose, which goes on after it.  Appends
 * text with words replaced; an unknown {WORD} is ERR_INTERNAL.
 */
enum err dialect_words(struct buf *out, const char *text, enum dialect d);

#endif
