/*
 * The one list of errors.  Results travel through pointers and are set only on
 * ERR_NONE; an error is logged once, where it is handled.  The text is what a
 * customer may read: it never carries a library's message.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/i18n.h"

/* clang-format off */
#define ERR_LIST(X) \
	X(NONE,        N_("Done.")) \
	X(NOMEM,       N_("The portal is out of memory. Please try again.")) \
	X(IO,          N_("The portal could not read or write. Please try again.")) \
	X(CLOSED,      N_("The connection was closed.")) \
	X(TOO_BIG,     N_("That is too long.")) \
	X(BAD_INPUT,   N_("That is not valid.")) \
	X(NOT_FOUND,   N_("Not found.")) \
	X(DENIED,      N_("That is not allowed.")) \
	X(CONFLICT,    N_("That was changed or done already. Please look again.")) \
	X(BUSY,        N_("The portal is busy. Please try again in a moment.")) \
	X(AWAY,        N_("The portal's database does not answer. Nothing was changed. Please wait a moment.")) \
	X(UNSURE,      N_("The database was lost while this was being saved. Please look whether it was before you try again.")) \
	X(FULL,        N_("The portal's disk is full. Nothing was changed.")) \
	X(VERSION,     N_("The portal was updated. Please log in again.")) \
	X(CONFIG,      N_("The portal's configuration has an error.")) \
	X(PROTOCOL,    N_("The portal received something it does not understand.")) \
	X(TIMEOUT,     N_("That took too long. Please try again.")) \
	X(AUTH,        N_("The e-mail or the password is wrong.")) \
	X(LIMIT,       N_("Too many at once. Please close one first.")) \
	X(UNSUPPORTED, N_("That is not available.")) \
	X(INTERNAL,    N_("Something went wrong on our side."))
/* clang-format on */

enum err {
#define X(name, text) ERR_##name,
	ERR_LIST(X)
#undef X
};

/* A translated sentence for people; never NULL. */
const char *err_text(enum err err);

/* The bare name ("NOT_FOUND") for logs and audit; never NULL. */
const char *err_name(enum err err);

#endif
