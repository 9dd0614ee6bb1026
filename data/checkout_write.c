/* Claims and states of checkouts. */
#include "data/checkout_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "data/job.h"

enum err
checkout_claim(struct store *st, int64_t id,
    const struct checkout_invoice *invoices, size_t n)
{
	int64_t changes;
	struct query q;
	enum err err;

	for (size_t i = 0; i < n; i++) {
		q = query_begin(st, SQL_CLAIM_INSERT);
		query_bind_int(&q, invoices[i].invoice);
		query_bind_int(&q, id);
		if ((err = query_run(&q, &changes)) != ERR_NONE)
			return err;
		if (changes == 0)
			return ERR_CONFLICT;
	}
	return ERR_NONE;
}

enum err
checkout_unclaim(struct store *st, int64_t id)
{
	static const enum sql steps[] = {
	    SQL_CLAIM_DROP, SQL_PROFORMA_CLAIM_DROP};
	struct query q;
	enum err err = ERR_NONE;

	for (size_t i = 0; err == ERR_NONE && i < 2; i++) {
		q = query_begin(st, steps[i]);
		query_bind_int(&q, id);
		err = query_run(&q, NULL);
	}
	return err;
}

enum err
checkout_claimed_by(struct store *st, int64_t invoice, int64_t *id)
{
	struct query q = query_begin(st, SQL_CLAIM_OF);

	*id = 0;
	query_bind_int(&q, invoice);
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

enum err
checkout_due(struct store *st, int64_t invoice, struct checkout_due *out)
{
	struct query q = query_begin(st, SQL_CHECKOUT_DUE_OF);
	bool found = false;
	enum err err;

	query_bind_int(&q, invoice);
	while (query_row(&q)) {
		found = true;
		out->balance = col_int(&q, 0);
		col_copy(&q, 1, out->currency, sizeof(out->currency));
		out->cancelled = strcmp(col_text(&q, 2), "cancelled") == 0;
		out->due_on = col_int(&q, 3);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return found ? ERR_NONE : ERR_NOT_FOUND;
}

enum err
checkout_move(struct store *st, int64_t id, int64_t generation,
    const char *state, const char *reason)
{
	struct query q = query_begin(st, SQL_CHECKOUT_MOVE);
	int64_t changes = 0;
	enum err err;

	query_bind_int(&q, id);
	query_bind_int(&q, generation);
	query_bind_text(&q, state);
	query_bind_text(&q, reason);
	query_bind_int(&q, clock_now(store_clock(st)));
	if ((err = query_run(&q, &changes)) != ERR_NONE)
		return err;
	if (changes == 0)
		return ERR_CONFLICT;
	store_changed(st, store_identity(st)->customer, TOPIC_BILLING);
	return ERR_NONE;
}

enum err
checkout_supersede(
    struct store *st, int64_t id, int64_t generation, const char *why)
{
	enum err err = checkout_move(st, id, generation, "cancelling", why);

	return err == ERR_NONE ? checkout_unclaim(st, id) : err;
}

static enum err
queue(struct store *st, const char *kind, int64_t id, int64_t generation)
{
	char name[JOB_NAME];

	snprintf(name, sizeof(name), "%s:%" PRId64 ":%" PRId64, kind, id,
	    generation);
	return job_add(st, kind, name, id, "", 0, NULL);
}

enum err
checkout_end(struct store *st, int64_t id, int64_t generation)
{
	return queue(st, "checkout.expire", id, generation);
}

enum err
checkout_want(struct store *st, int64_t id, int64_t generation)
{
	return queue(st, "checkout.open", id, generation);
}
