/*
 * Names and sentences of the error list.
 */
#include "base/err.h"

#include <stddef.h>

struct err_row {
	const char *name;
	const char *text;
};

/* clang-format off */
static const struct err_row rows[] = {
#define X(err_name, err_sentence) \
	[ERR_##err_name] = { .name = #err_name, .text = err_sentence },
	ERR_LIST(X)
#undef X
};
/* clang-format on */

/* A number from a wire may be any: what is unknown is our fault. */
static const struct err_row *
err_row(enum err err)
{
	size_t i = (size_t)err;

	if (i >= sizeof(rows) / sizeof(rows[0]))
		i = ERR_INTERNAL;
	return &rows[i];
}

const char *
err_text(enum err err)
{
	return _(err_row(err)->text);
}

const char *
err_name(enum err err)
{
	return err_row(err)->name;
}
