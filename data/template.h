/*
 * What mails say: built-in texts, and a tenant's own instead of them.  In a
 * text {word} stands for a value.  A line of the body with a value that is
 * empty is left out.
 */
#ifndef DATA_TEMPLATE_H
#define DATA_TEMPLATE_H

#include "data/mail.h"

enum {
	TEMPLATE_NAME = 33,
	TEMPLATE_SUBJECT = 161,
	TEMPLATE_BODY = 4001,
	TEMPLATE_VARS = 6, /* of one template, besides those that all have */
};

struct template_def {
	const char *name;
	const char *when;                /* N_(): when it is sent */
	const char *vars[TEMPLATE_VARS]; /* NULL after the last */
	const char *subject, *body;      /* N_() */
	const char *needs; /* without this it is no use, or NULL */
	int64_t good_s;    /* nobody wants it any later; 0: always */
	/* To whatever address somebody typed.  So it has no {name}: customers
	 * choose theirs, and would write to strangers in the tenant's name. */
	bool unproven;
};
/* NULL after the last. */
const struct template_def *template_at(size_t i);
const struct template_def *template_find(const char *name);
/* "{code} {name} ...": what may stand in it. */
void template_vars(char *dst, size_t size, const struct template_def *def);

struct template_text {
	bool own; /* the tenant's */
	char subject[TEMPLATE_SUBJECT], body[TEMPLATE_BODY];
};
/* Staff: ERR_NOT_FOUND when there is no such template. */
enum err template_show(
    struct store *st, const char *name, struct template_text *out);
/* text: the subject in its first line, then the body.  ERR_BAD_INPUT with a
 * problem that names an unknown variable and those that fit, or one that
 * must not be missing. */
enum err template_set(struct store *st, const char *name, const char *text);
/* Back to the built-in one. */
enum err template_reset(struct store *st, const char *name);

/* In the transaction at hand: what a mail of this template says now. */
enum err template_load(struct store *st, const struct template_def *def,
    struct template_text *out);
/* ERR_TOO_BIG when it does not fit. */
enum err template_expand(
    struct template_text *t, const struct mail_var *vars, size_t n);

#endif
