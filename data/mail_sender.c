/*
 * Whether mail goes out, and where customers log in.  Apart from what makes
 * mails, which no session program links.
 */
#include <string.h>

#include "data/mail.h"
#include "data/txn.h"

enum err
mail_sender_get(struct store *st, struct mail_sender *out)
{
	struct query q = query_begin(st, SQL_MAIL_SENDER_GET);
	struct mail_sender s = {0};
	enum err err;

	while (query_row(&q)) {
		s.on = col_int(&q, 0) != 0;
		col_copy(&q, 1, s.host, sizeof(s.host));
	}
	if ((err = query_end(&q)) == ERR_NONE)
		*out = s;
	return err;
}

struct sender {
	const char *host;
	bool on;
};

static enum err
sender_write(struct store *st, void *arg)
{
	const struct sender *s = arg;
	struct query q = query_begin(st, SQL_MAIL_SENDER_SET);

	query_bind_int(&q, s->on);
	query_bind_text(&q, s->host);
	return query_run(&q, NULL);
}

enum err
mail_sender_set(struct store *st, bool on, const char *host)
{
	struct sender s = {host, on};

	if (strlen(host) >= MAIL_HOST)
		return ERR_TOO_BIG;
	return txn_run(st, sender_write, &s);
}
