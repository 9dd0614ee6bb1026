/*
 * portal-worker's side of a checkout: finding it, and writing down what became
 * of its page.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "data/checkout_write.h"
#include "data/txn.h"

static void
act_for(struct store *st, int64_t tenant, int64_t customer)
{
	struct identity id = *store_identity(st);

	id.tenant = tenant;
	id.customer = customer;
	id.login = 0;
	store_become(st, &id);
}

/* Finding. */

/* "" and so no row for what is no token. */
static void
token_read(char dst[CHECKOUT_TOKEN], const char *src)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
				      "abcdefghjkmnpqrstvwxyz";

	dst[0] = '\0';
	if (strlen(src) != CHECKOUT_TOKEN - 1 ||
	    strspn(src, letters) != CHECKOUT_TOKEN - 1)
		return;
	for (size_t i = 0; i < CHECKOUT_TOKEN; i++)
		dst[i] = (char)(src[i] >= 'a' ? src[i] - 'a' + 'A' : src[i]);
}

/* The row of a query of (tenant, customer, id); the handle acts for it.  Stays
 * who it was on an error. */
static enum err
found(struct store *st, struct query *q, struct checkout *out)
{
	struct identity was = *store_identity(st);
	int64_t tenant = 0, customer = 0, id = 0;
	enum err err;

	while (query_row(q)) {
		tenant = col_int(q, 0);
		customer = col_int(q, 1);
		id = col_int(q, 2);
	}
	if ((err = query_end(q)) != ERR_NONE)
		return err;
	if (id == 0)
		return ERR_NOT_FOUND;
	act_for(st, tenant, customer);
	if ((err = checkout_get(st, id, out)) != ERR_NONE)
		store_become(st, &was);
	return err;
}

enum err
checkout_find(struct store *st, const char *token, const char *account,
    const char *session, int64_t id, struct checkout *out)
{
	char letters[CHECKOUT_TOKEN];
	struct query q;

	if (token != NULL) {
		token_read(letters, token);
		q = query_begin(st, SQL_CHECKOUT_BY_TOKEN);
		query_bind_text(&q, letters);
	} else if (session != NULL) {
		if (session[0] == '\0') /* not made yet: many have it */
			return ERR_NOT_FOUND;
		q = query_begin(st, SQL_CHECKOUT_BY_SESSION);
		query_bind_text(&q, account != NULL ? account : "");
		query_bind_text(&q, session);
	} else {
		q = query_begin(st, SQL_CHECKOUT_BY_ID);
		query_bind_int(&q, id);
	}
	return found(st, &q, out);
}

static enum err
got_or_not(enum err err, bool *got)
{
	if (err != ERR_NONE && err != ERR_NOT_FOUND)
		return err;
	*got = err == ERR_NONE;
	return ERR_NONE;
}

enum err
checkout_next_live(
    struct store *st, int64_t after, struct checkout *out, bool *got)
{
	struct query q = query_begin(st, SQL_CHECKOUT_LIVE);

	query_bind_int(&q, after);
	return got_or_not(found(st, &q, out), got);
}

enum err
checkout_next_superseded(
    struct store *st, int64_t after, struct checkout *out, bool *got)
{
	struct query q = query_begin(st, SQL_CHECKOUT_SUPERSEDED);
	int64_t id = 0;
	enum err err;

	query_bind_int(&q, after);
	while (query_row(&q))
		id = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	*got = false;
	return id == 0 ? ERR_NONE : got_or_not(checkout_get(st, id, out), got);
}

/* Writing. */

/* A change of one checkout, in the name of its customer. */
struct change_of {
	const struct checkout *c;
	const char *session, *url, *state;
	int64_t expires_at;
	char reason[CHECKOUT_REASON];
	bool due;
};

static enum err
change(struct store *st, struct change_of *ch, store_work_fn *fn)
{
	struct identity was = *store_identity(st);
	enum err err;

	act_for(st, ch->c->tenant, ch->c->customer);
	err = txn_run(st, fn, ch);
	store_become(st, &was);
	return err;
}

/* A charge has no page: it is under way from now on. */
static const char *
state_opened(const struct change_of *ch)
{
	return ch->c->method != 0 ? "processing" : "open";
}

/* Is it the very same page that is open already? */
static enum err
opened_before(struct store *st, const struct change_of *ch)
{
	struct checkout now;
	enum err err;

	if ((err = checkout_get(st, ch->c->id, &now)) != ERR_NONE)
		return err;
	return strcmp(now.state, state_opened(ch)) == 0 &&
		       now.generation == ch->c->generation &&
		       strcmp(now.session, ch->session) == 0
		   ? ERR_NONE
		   : ERR_CONFLICT;
}

static enum err
open_page(struct store *st, void *arg)
{
	const struct change_of *ch = arg;
	struct query q = query_begin(st, SQL_CHECKOUT_OPEN);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, ch->c->id);
	query_bind_int(&q, ch->c->generation);
	query_bind_text(&q, ch->session);
	query_bind_text(&q, ch->url);
	query_bind_int(&q, ch->expires_at);
	query_bind_int(&q, clock_now(store_clock(st)));
	query_bind_text(&q, state_opened(ch));
	if ((err = query_run(&q, &changes)) != ERR_NONE)
		return err;
	if (changes == 0)
		return opened_before(st, ch);
	store_changed(st, ch->c->customer, TOPIC_BILLING);
	return ERR_NONE;
}

enum err
checkout_opened(struct store *st, const struct checkout *c, const char *session,
    const char *url, int64_t expires_at)
{
	struct change_of ch = {
	    .c = c, .session = session, .url = url, .expires_at = expires_at};

	if (strlen(session) >= CHECKOUT_ID || strlen(url) >= CHECKOUT_URL)
		return ERR_TOO_BIG;
	if (session[0] == '\0' || !text_is_clean(session, TEXT_LINE) ||
	    !text_is_clean(url, TEXT_LINE))
		return ERR_BAD_INPUT;
	return change(st, &ch, open_page);
}

static enum err
set_state(struct store *st, void *arg)
{
	const struct change_of *ch = arg;
	enum err err = checkout_move(
	    st, ch->c->id, ch->c->generation, ch->state, ch->reason);

	if (err == ERR_NONE && strcmp(ch->state, "processing") != 0)
		err = checkout_unclaim(st, ch->c->id);
	return err;
}

enum err
checkout_set(struct store *st, const struct checkout *c, const char *state,
    const char *reason)
{
	static const char *const states[] = {
	    "processing", "expired", "failed", "cancelled"};
	struct change_of ch = {.c = c, .state = state};
	size_t i = 0;

	while (i < sizeof(states) / sizeof(*states) &&
	       strcmp(states[i], state) != 0)
		i++;
	if (i == sizeof(states) / sizeof(*states))
		return ERR_BAD_INPUT;
	if (reason != NULL) /* cut to fit: it is for people */
		(void)text_clean(ch.reason, sizeof(ch.reason), reason,
		    strlen(reason), TEXT_LINE);
	return change(st, &ch, set_state);
}

static enum err
drop_outdated(struct store *st, void *arg)
{
	struct change_of *ch = arg;
	const char *why;
	enum err err;

	if ((err = checkout_asks_too_much(st, ch->c, &why)) != ERR_NONE)
		return err;
	ch->due = why == NULL;
	return ch->due ? ERR_NONE : checkout_drop(st, ch->c, why);
}

enum err
checkout_still_due(struct store *st, const struct checkout *c, bool *due)
{
	struct change_of ch = {.c = c};
	enum err err = change(st, &ch, drop_outdated);

	if (err == ERR_NONE)
		*due = ch.due;
	return err;
}

static enum err
check_proforma(struct store *st, const struct checkout *c)
{
	struct checkout_due due;
	int64_t who;
	enum err err;

	if ((err = proforma_due(st, c->proforma, &due)) != ERR_NONE ||
	    (err = proforma_claimed_by(st, c->proforma, &who)) != ERR_NONE)
		return err;
	return due.balance != c->amount || (who != 0 && who != c->id)
		   ? ERR_CONFLICT
		   : ERR_NONE;
}

/* Is exactly this still to be paid, and by nobody else at this moment? */
static enum err
check_again(struct store *st, const struct checkout *c)
{
	struct checkout_due due;
	int64_t who;
	enum err err = ERR_NONE;

	for (size_t i = 0; i < c->ninvoices && err == ERR_NONE; i++) {
		err = checkout_due(st, c->invoices[i].invoice, &due);
		if (err == ERR_NONE && due.balance != c->invoices[i].amount)
			return ERR_CONFLICT;
		if (err == ERR_NONE)
			err = checkout_claimed_by(
			    st, c->invoices[i].invoice, &who);
		if (err == ERR_NONE && who != 0 && who != c->id)
			return ERR_CONFLICT;
	}
	if (err == ERR_NONE && c->proforma != 0)
		err = check_proforma(st, c);
	return err;
}

static enum err
claim_again(struct store *st, const struct checkout *c)
{
	enum err err;

	if ((err = checkout_unclaim(st, c->id)) != ERR_NONE ||
	    (err = checkout_claim(st, c->id, c->invoices, c->ninvoices)) !=
		ERR_NONE ||
	    c->proforma == 0)
		return err;
	return proforma_claim(st, c->proforma, c->id);
}

static enum err
reopen(struct store *st, const struct checkout *c)
{
	struct query q = query_begin(st, SQL_CHECKOUT_REOPEN);
	int64_t now = clock_now(store_clock(st)), changes = 0;
	enum err err;

	query_bind_int(&q, c->id);
	query_bind_int(&q, c->generation);
	query_bind_int(&q, now + CHECKOUT_LIFE_S);
	query_bind_int(&q, now);
	query_bind_int(&q, now - CHECKOUT_OLD_S);
	err = query_run(&q, &changes);
	return err == ERR_NONE && changes == 0 ? ERR_CONFLICT : err;
}

static enum err
want_again(struct store *st, void *arg)
{
	const struct change_of *ch = arg;
	struct checkout c;
	enum err err;

	if ((err = checkout_get(st, ch->c->id, &c)) != ERR_NONE ||
	    strcmp(c.state, "wanted") == 0)
		return err;
	if (c.method != 0) /* nobody has a link to it */
		return ERR_CONFLICT;
	if ((err = check_again(st, &c)) != ERR_NONE ||
	    (err = reopen(st, &c)) != ERR_NONE ||
	    (err = claim_again(st, &c)) != ERR_NONE ||
	    (err = checkout_want(st, c.id, c.generation + 1)) != ERR_NONE)
		return err;
	store_changed(st, c.customer, TOPIC_BILLING);
	return ERR_NONE;
}

enum err
checkout_again(struct store *st, const struct checkout *c)
{
	struct change_of ch = {.c = c};

	return change(st, &ch, want_again);
}
