/*
 * Mail to customers: what it says is the tenant's template, or the built-in one
 * of that name; it is sent by portal-worker.
 */
#ifndef DATA_MAIL_H
#define DATA_MAIL_H

#include "data/store.h"

enum { ADDRESS_MAX = 255, MAIL_HOST = 128 };

/* May it stand between "<" and ">", and be given to a server? */
bool address_valid(const char *s);

/*
 * A job that sends a mail, made in the transaction at hand for the handle's
 * tenant.  name makes it once.  Texts are UTF-8 without control characters but
 * line ends.  After good_until it is not sent any more (an instant; 0: for
 * ever).  ERR_BAD_INPUT: to is no address, or a text is none; ERR_TOO_BIG.
 * What it says leaves the store when the job has ended.
 */
enum err mail_queue(struct store *st, const char *name, const char *to,
    const char *subject, const char *text, int64_t good_until);

/* {name} in a template stands for its value.  There are always {brand},
 * {support_email}, {support_phone} and {ssh} (where to log in), and {name} of
 * the handle's customer, but in mail to an address that nobody has proven. */
struct mail_var {
	const char *name, *value;
};
/* As mail_queue(), from a template: the rows of data/template.c say which there
 * are, and their variables.  ERR_NOT_FOUND: no such template. */
enum err mail_template_queue(struct store *st, const char *template,
    const char *name, const char *to, const struct mail_var *vars, size_t n);

/* Does mail go out, and where do customers log in ("host" or "host:port")? */
struct mail_sender {
	bool on;
	char host[MAIL_HOST];
};
/* As portal-worker said last; off when it never did. */
enum err mail_sender_get(struct store *st, struct mail_sender *out);
/* System, for every tenant. */
enum err mail_sender_set(struct store *st, bool on, const char *host);

#endif
