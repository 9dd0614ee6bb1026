/* What a customer does with saved ways to pay, in the store worker. */
#include <inttypes.h>
#include <stdio.h>

#include "base/i18n.h"
#include "data/audit.h"
#include "data/job.h"
#include "data/method_write.h"
#include "data/verb_run.h"

static enum err
audit(struct store *st, const char *action, const char *method)
{
	return audit_write(
	    st, &(struct audit) {.action = action, .method = method});
}

enum err
verb_method_default(struct store *st, struct rd *args, struct buf *reply)
{
	int64_t id = rd_i64(args);
	enum err err;

	(void)reply;
	if ((err = rd_end(args)) != ERR_NONE ||
	    (err = method_make_default(st, id)) != ERR_NONE)
		return err;
	return audit(st, "method", "default");
}

/* What may be on its way to the gateway must find its method there. */
static enum err
check_unused(struct store *st, int64_t id)
{
	struct query q = query_begin(st, SQL_METHOD_WANTED);
	int64_t n = 0;
	enum err err;

	query_bind_int(&q, id);
	while (query_row(&q))
		n = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE || n == 0)
		return err;
	return store_refuse(st, "",
	    N_("A payment with it is on its way. Please try again in a "
	       "minute."));
}

static enum err
detach(struct store *st, int64_t id)
{
	char name[JOB_NAME];

	snprintf(name, sizeof(name), "method.detach:%" PRId64, id);
	return job_add(st, "method.detach", name, id, "", 0, NULL);
}

enum err
verb_method_remove(struct store *st, struct rd *args, struct buf *reply)
{
	int64_t id = rd_i64(args);
	enum err err;

	(void)reply;
	if ((err = rd_end(args)) != ERR_NONE ||
	    (err = check_unused(st, id)) != ERR_NONE ||
	    (err = method_take_away(st, id)) != ERR_NONE ||
	    (err = detach(st, id)) != ERR_NONE)
		return err;
	return audit(st, "method", "remove");
}

enum err
verb_method_charge(struct store *st, struct rd *args, struct buf *reply)
{
	int64_t method = rd_i64(args), shown = rd_i64(args);
	int64_t invoices[CHECKOUT_INVOICES], id;
	struct wish w = {0};
	size_t n;
	enum err err;

	if ((err = invoices_take(st, args, invoices, &n)) != ERR_NONE ||
	    (err = wish_charge(st, &w, method, invoices, n)) != ERR_NONE)
		return err;
	if (shown != 0 && shown != w.amount)
		return store_refuse(st, "", N_("The amount has changed."));
	if ((err = wish_grant(st, &w, &id)) != ERR_NONE)
		return err;
	buf_put_i64(reply, id);
	return ERR_NONE;
}

/* May it be turned on? */
static enum err
check_autopay(struct store *st)
{
	struct autopay a;
	enum err err;

	if ((err = autopay_get(st, &a)) != ERR_NONE)
		return err;
	if (!a.allowed)
		return store_refuse(
		    st, "", N_("Automatic payment is not available."));
	if (a.method.id == 0)
		return store_refuse(
		    st, "", N_("Please save a card or a bank account first."));
	return ERR_NONE;
}

/* What is due already is not to wait for portal-worker's next round. */
static enum err
look(struct store *st)
{
	char name[JOB_NAME];

	snprintf(name, sizeof(name), "autopay.look:%" PRId64 ":%" PRId64,
	    store_identity(st)->customer, clock_now(store_clock(st)));
	return job_add(st, "autopay.look", name, 0, "", 0, NULL);
}

enum err
verb_autopay_set(struct store *st, struct rd *args, struct buf *reply)
{
	bool on = rd_i64(args) != 0;
	struct query q;
	enum err err;

	(void)reply;
	if ((err = rd_end(args)) != ERR_NONE)
		return err;
	if (on) {
		if ((err = check_autopay(st)) != ERR_NONE)
			return err;
		/* What was given up gets another try. */
		q = query_begin(st, SQL_AUTOPAY_AFRESH);
		if ((err = query_run(&q, NULL)) != ERR_NONE)
			return err;
	}
	if ((err = autopay_write(st, on)) != ERR_NONE ||
	    (on && (err = look(st)) != ERR_NONE))
		return err;
	return audit(st, "autopay", on ? "on" : "off");
}
