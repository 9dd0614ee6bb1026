/*
 * Numbered schema files, each applied in one transaction.
 */
#ifndef DATA_MIGRATE_H
#define DATA_MIGRATE_H

#include "data/store.h"

struct schema_def {
	int number;
	const char *name;
	const char *text;
};
extern const struct schema_def schema_table[];
extern const int schema_count; /* numbers are 1..schema_count */

/* Roles, rights and row-level security, for the PostgreSQL engine: run at the
 * end of every migration, inside its transaction. */
extern const char schema_postgresql[];

/* Makes a new store (ERR_CONFLICT if the file exists), mode 0660. */
enum err store_create(const char *url);
/* Brings an existing store up to date. ERR_VERSION: it is newer than we are. */
enum err store_migrate(const char *url, int *from, int *to);

#endif
