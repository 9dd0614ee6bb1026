/*
 * Saved ways to pay: as Stripe describes them, and what Stripe is told of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "worker/settle.h"

/* ---- what Stripe says ---- */

/* clang-format off */
static const struct {
	const char *stripes, *ours;
} brands[] = {
	{ "amex", "American Express" }, { "cartes_bancaires", "CB" },
	{ "diners", "Diners Club" }, { "discover", "Discover" },
	{ "eftpos_au", "eftpos" }, { "jcb", "JCB" }, { "link", "Link" },
	{ "mastercard", "Mastercard" }, { "unionpay", "UnionPay" },
	{ "visa", "Visa" },
};
/* clang-format on */

static const char *
brand_name(const char *s)
{
	size_t i;

	for (i = 0; i < sizeof(brands) / sizeof(brands[0]); i++)
		if (strcmp(brands[i].stripes, s) == 0)
			return brands[i].ours;
	return s;
}

/* Cut to fit, for a screen. */
static void
read_text(char *dst, size_t size, const char *s)
{
	(void)text_clean(dst, size, s, strlen(s), TEXT_LINE);
}

static void
read_card(struct method *m, const json_t *card)
{
	int64_t year = json_int(card, "exp_year");
	int64_t month = json_int(card, "exp_month");

	read_text(
	    m->brand, sizeof(m->brand), brand_name(json_text(card, "brand")));
	if (year > 0 && year <= 9999 && month >= 1 && month <= 12)
		m->expires = year * 100 + month;
}

static void
read_debit(struct method *m, const json_t *debit)
{
	read_text(m->brand, sizeof(m->brand), json_text(debit, "country"));
}

static void
read_other(struct method *m, const json_t *json)
{
	read_text(m->brand, sizeof(m->brand), json_text(json, "type"));
}

/* clang-format off */
static const struct {
	const char *stripes, *ours;
	void (*read)(struct method *m, const json_t *json);
} types[] = {
	{ "card", "card", read_card },
	{ "sepa_debit", "sepa", read_debit },
};
/* clang-format on */

enum err
method_read(struct method *out, const json_t *json, const char *account,
    const char *mandate)
{
	const char *type = json_text(json, "type"), *id = json_text(json, "id");
	struct method m = {.gateway = "stripe", .type = "other"};
	const json_t *of = json_object_get(json, type);
	size_t i;

	if (!stripe_id_valid(id, "") || id[0] == '\0')
		return ERR_PROTOCOL;
	snprintf(m.account, sizeof(m.account), "%s", account);
	snprintf(m.ref, sizeof(m.ref), "%s", id);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].stripes, type) == 0)
			break;
	if (i < sizeof(types) / sizeof(types[0])) {
		snprintf(m.type, sizeof(m.type), "%s", types[i].ours);
		types[i].read(&m, of);
	} else {
		read_other(&m, json);
	}
	read_text(m.last4, sizeof(m.last4), json_text(of, "last4"));
	if (stripe_id_valid(mandate, "mandate_"))
		snprintf(m.mandate, sizeof(m.mandate), "%s", mandate);
	*out = m;
	return ERR_NONE;
}

/* Attached, changed, or taken away: whose it is now says which. */
enum err
settle_method(struct settling *s)
{
	const char *customer = json_text(s->json, "customer");
	struct event_owner owner;
	struct method m;
	enum err err;

	if (strcmp(json_text(s->json, "id"), s->asked) != 0)
		return ERR_PROTOCOL;
	if (customer[0] == '\0')
		return settle_no_method(s);
	err = event_by_customer(s->w->st, s->account, customer, &owner);
	if (err == ERR_NONE && owner.tenant != s->tenant)
		err = ERR_NOT_FOUND;
	if (err == ERR_NONE)
		err = method_read(&m, s->json, s->account, "");
	if (err != ERR_NONE)
		return err;
	stripe_become(s->w, owner.tenant, owner.customer);
	return method_saved(s->w->st, &m, NULL);
}

enum err
settle_no_method(struct settling *s)
{
	return method_gone(s->w->st, s->account, s->asked);
}

/* ---- "method.detach", "method.default" ---- */

struct telling {
	struct task *t;
	struct method m;
};

static void
telling_free(void *state)
{
	struct telling *l = state;

	stripe_forget(l->t->w, l);
	free(l);
}

/* The job's state, its method read; NULL: the job is over. */
static struct telling *
telling_new(struct task *t)
{
	struct telling *l = calloc(1, sizeof(*l));
	enum err err =
	    l != NULL ? method_get(t->w->st, t->job.ref, &l->m) : ERR_NOMEM;

	if (err != ERR_NONE) {
		free(l);
		if (err == ERR_NOT_FOUND)
			task_done(t);
		else
			task_later(t, 0, err_name(err));
		return NULL;
	}
	l->t = t;
	t->state = l;
	t->free_state = telling_free;
	return l;
}

static void
telling_answer(void *arg, const struct stripe_answer *a)
{
	struct telling *l = arg;

	/* What Stripe refuses is so already, or the method is gone. */
	if (a->err == ERR_NONE || a->err == ERR_BAD_INPUT ||
	    a->err == ERR_NOT_FOUND)
		task_done(l->t);
	else
		task_later(l->t, 0, err_name(a->err));
}

/* Without a key: doing it twice is doing it once. */
static void
telling_send(struct telling *l, const char *path, struct buf *form)
{
	struct stripe_request r = {.tenant = l->t->job.tenant,
	    .method = "POST",
	    .path = path,
	    .body = buf_str(form),
	    .fn = telling_answer,
	    .arg = l};
	enum err err =
	    form->err != ERR_NONE ? form->err : stripe_send(l->t->w, &r);

	if (err != ERR_NONE)
		task_later(l->t, 0, err_name(err));
}

void
method_detach_start(struct task *t)
{
	struct telling *l = telling_new(t);
	char path[STRIPE_PATH];
	struct buf form;

	if (l == NULL)
		return;
	buf_init(&form, STRIPE_PATH);
	snprintf(path, sizeof(path), "/v1/payment_methods/%s/detach", l->m.ref);
	telling_send(l, path, &form);
	buf_release(&form);
}

void
method_default_start(struct task *t)
{
	struct telling *l = telling_new(t);
	char path[STRIPE_PATH], customer[CHECKOUT_ID] = "";
	struct buf form;
	enum err err;

	if (l == NULL)
		return;
	err = gateway_customer_get(
	    t->w->st, l->m.gateway, l->m.account, customer);
	/* Another one is by now, and has a job of its own. */
	if (err == ERR_NOT_FOUND || (err == ERR_NONE && !l->m.is_default)) {
		task_done(t);
		return;
	}
	buf_init(&form, STRIPE_PATH);
	form.err = err;
	form_text(&form, l->m.ref, "invoice_settings[default_payment_method]");
	snprintf(path, sizeof(path), "/v1/customers/%s", customer);
	telling_send(l, path, &form);
	buf_release(&form);
}
