/*
 * Customers by the thousand, to try the portal at its real size: two years of
 * invoices each, most of them paid.  The same number gives the same customers.
 * The first of each kind is entered like any other; the rest are copies of it,
 * which is several times faster.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "ctl/demo.h"
#include "ctl/init.h"
#include "data/books.h"
#include "data/service.h"

enum {
	BATCH = 250, /* customers in a transaction */
	MONTHS = 24,
	PLANS = 3,
	KINDS = 5, /* of payers */
	DUE_DAYS = 14,
	PAID_AFTER = 9 * 24 * 3600,
	REDRAW_MS = 200,
};

static const char *const given[] = {"Anna", "Jakob", "Zoë", "Lena", "Émile",
    "Søren", "Maria", "Jürgen", "Noé", "Klára", "Paweł", "Ines", "Oğuz", "Ruth",
    "Tomás", "Eva"};
static const char *const family[] = {"Gruber", "Müller", "Novák", "Sørensen",
    "Łukasik", "Rossi", "Dubois", "Öztürk", "Steiner", "Kovács", "Pérez",
    "Weiß", "Ångström"};
static const char *const streets[] = {"Bergstraße", "Mill Lane", "Barn Road",
    "Höttinger Au", "Church Hill", "Am Anger", "Station Road"};
#define PICK(list, n) ((list)[(n) % (sizeof(list) / sizeof((list)[0]))])

/* A customer whose account is copied. */
struct model {
	int64_t customer; /* 0: not made yet */
	int64_t first_invoice, invoices, first_payment, payments;
};

struct generator {
	struct ctl *c;
	struct plan plans[PLANS];
	size_t nplans;
	struct model models[PLANS][KINDS];
	int64_t last_invoice, last_payment; /* ids */
	int64_t issued_on[MONTHS], issued_at[MONTHS];
	char months[MONTHS][16];
};

static enum err
plans_find(struct generator *g)
{
	static const char *const names[] = {
	    "Wireless 20/5", "Wireless 50/10", "Fibre 300"};
	struct plan internet = {.name = "Internet",
	    .type = "internet",
	    .price = 2500,
	    .tax_rate = 2000};
	enum err err;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		err = demo_plan(g->c, names[i], &g->plans[g->nplans]);
		if (err == ERR_NONE)
			g->nplans++;
		else if (err != ERR_NOT_FOUND)
			return err;
	}
	if (g->nplans > 0)
		return ERR_NONE;
	/* An empty provider gets a plan for them. */
	if ((err = plan_create(g->c->st, &internet)) != ERR_NONE)
		return err;
	g->plans[g->nplans++] = internet;
	return ERR_NONE;
}

static void
months_find(struct generator *g)
{
	int64_t newest = ctl_today(g->c) - 5;
	struct date d;
	int i;

	for (i = 0; i < MONTHS; i++) {
		g->issued_on[i] = day_add_months(newest, i - MONTHS + 1);
		g->issued_at[i] =
		    day_start(g->issued_on[i], g->c->tenant.zone) + 12 * 3600;
		d = date_from_day(g->issued_on[i]);
		snprintf(g->months[i], sizeof(g->months[i]), "%04d-%02d",
		    d.year, d.month);
	}
}

/* Of twenty customers one owes two invoices, three owe one, one has paid half
 * of the newest; the others have paid. */
static int
kind_of(int64_t n)
{
	int twentieth = (int)(n % 20);

	return twentieth == 0 ? 1 : twentieth <= 3 ? 2 : twentieth == 4 ? 3 : 0;
}

static int64_t
paid_of(int kind, int month, int64_t total)
{
	if ((kind == 1 && month >= MONTHS - 2) ||
	    (kind == 2 && month == MONTHS - 1))
		return 0;
	return kind == 3 && month == MONTHS - 1 ? total / 2 : total;
}

static enum err
enter_months(
    struct generator *g, struct books *b, int kind, const struct plan *plan)
{
	struct invoice_line line = {.quantity = 1000,
	    .unit_price = plan->price,
	    .tax_rate = plan->tax_rate,
	    .tax_category = "S"};
	struct invoice_new in = {
	    .customer = b->customer, .lines = &line, .nlines = 1};
	struct payment_new pay = {.customer = b->customer,
	    .method = "transfer",
	    .reference = "Bank transfer"};
	int64_t total, tax;
	enum err err = ERR_NONE;
	int i;

	if ((err = money_mul_div(plan->price, plan->tax_rate, 10000, &tax)) !=
	    ERR_NONE)
		return err;
	total = plan->price + tax;
	for (i = 0; i < MONTHS && err == ERR_NONE; i++) {
		snprintf(line.description, sizeof(line.description), "%s, %s",
		    plan->name, g->months[i]);
		in.issued_on = in.supply_from = g->issued_on[i];
		in.supply_to = day_add_months(in.issued_on, 1) - 1;
		in.due_on = in.issued_on + DUE_DAYS;
		err = books_issue(b, &in, &pay.invoice, NULL);
		pay.amount = paid_of(kind, i, total);
		pay.at = g->issued_at[i] + PAID_AFTER;
		if (pay.at > b->now)
			pay.at = b->now;
		if (err == ERR_NONE && pay.amount > 0)
			err = books_receive(b, &pay, NULL);
	}
	return err;
}

/* Where the ids of a model and of the whole store end. */
static enum err
model_measure(struct generator *g, struct model *m, int64_t customer)
{
	struct query q = query_begin(g->c->st, SQL_BULK_SPAN);
	enum err err;

	query_bind_int(&q, customer);
	while (query_row(&q)) {
		m->first_invoice = col_int(&q, 0);
		m->invoices = col_int(&q, 1);
		m->first_payment = col_int(&q, 2);
		m->payments = col_int(&q, 3);
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	q = query_begin(g->c->st, SQL_BULK_LAST_IDS);
	while (query_row(&q)) {
		g->last_invoice = col_int(&q, 0);
		g->last_payment = col_int(&q, 1);
	}
	if ((err = query_end(&q)) == ERR_NONE)
		m->customer = customer;
	return err;
}

static enum err
numbers_take(struct generator *g, const char *series, int64_t n, int64_t *first)
{
	struct query q = query_begin(g->c->st, SQL_BULK_COUNTER_TAKE);

	query_bind_text(&q, series);
	query_bind_int(&q, n);
	while (query_row(&q))
		*first = col_int(&q, 0);
	return query_end(&q);
}

/* One statement of bulk.sql: who, whose, and what else it wants. */
static enum err
copy_rows(struct generator *g, enum sql sql, const struct model *m,
    const struct books *b, size_t n, const int64_t *more)
{
	struct query q = query_begin(g->c->st, sql);
	size_t i;

	query_bind_int(&q, m->customer);
	query_bind_int(&q, b->customer);
	for (i = 0; i < n; i++)
		query_bind_int(&q, more[i]);
	return query_run(&q, NULL);
}

/* number and receipt: the first of those that were taken. */
static enum err
copy_all(struct generator *g, const struct model *m, const struct books *b,
    int64_t number, int64_t receipt)
{
	int64_t move_invoice = g->last_invoice + 1 - m->first_invoice;
	int64_t move_payment = g->last_payment + 1 - m->first_payment;
	const struct {
		enum sql sql;
		size_t n;
		int64_t more[3];
	} copies[] = {
	    {SQL_BULK_INVOICES, 3, {move_invoice, number, b->buyer}},
	    {SQL_BULK_LINES, 1, {move_invoice}},
	    {SQL_BULK_TAXES, 1, {move_invoice}},
	    {SQL_BULK_PAYMENTS, 3, {move_payment, receipt, b->buyer}},
	    {SQL_BULK_ALLOCATIONS, 2, {move_invoice, move_payment}},
	    {SQL_BULK_LEDGER, 2, {move_invoice, move_payment}},
	};
	enum err err = ERR_NONE;
	size_t i;

	for (i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		if ((err = copy_rows(g, copies[i].sql, m, b, copies[i].n,
			 copies[i].more)) != ERR_NONE)
			return err;
	g->last_invoice += m->invoices;
	g->last_payment += m->payments;
	return ERR_NONE;
}

static enum err
copy_account(struct generator *g, const struct model *m, const struct books *b)
{
	int64_t number = 0, receipt = 0;
	enum err err;

	err = numbers_take(g, "invoice", m->invoices, &number);
	if (err == ERR_NONE)
		err = numbers_take(g, "receipt", m->payments, &receipt);
	if (err != ERR_NONE)
		return err;
	return copy_all(g, m, b, number, receipt);
}

static enum err
make_account(struct generator *g, int64_t customer, int64_t n)
{
	size_t plan = (size_t)n % g->nplans;
	struct model *m = &g->models[plan][kind_of(n)];
	bool first = m->customer == 0;
	struct books b;
	enum err err;

	if ((err = books_open(&b, g->c->st, customer)) != ERR_NONE)
		return err;
	err = first ? enter_months(g, &b, kind_of(n), &g->plans[plan])
		    : copy_account(g, m, &b);
	if ((err = books_close(&b, err)) == ERR_NONE && first)
		err = model_measure(g, m, customer);
	return err;
}

static enum err
make_service(
    struct generator *g, int64_t customer, int64_t n, const struct plan *plan)
{
	struct service s = {.plan = plan->id,
	    .price = plan->price,
	    .tax_rate = plan->tax_rate,
	    .since = g->issued_on[0],
	    .status = "active"};

	memcpy(s.type, plan->type, sizeof(s.type));
	snprintf(s.description, sizeof(s.description), "%s, %s %d", plan->name,
	    PICK(streets, n / 3), (int)(n % 90) + 1);
	return service_create(g->c->st, customer, &s, NULL);
}

static enum err
make_customer(struct generator *g, int64_t n)
{
	const struct plan *plan = &g->plans[(size_t)n % g->nplans];
	struct customer cu = {
	    .country = "AT", .city = "Ridge", .postcode = "6167"};
	enum err err;

	snprintf(cu.name, sizeof(cu.name), "%s %s", PICK(given, (size_t)n),
	    PICK(family, (size_t)n / 5));
	snprintf(
	    cu.email, sizeof(cu.email), "c%06lld@example.net", (long long)n);
	snprintf(cu.phone, sizeof(cu.phone), "0555 %06d", (int)(n % 1000000));
	snprintf(cu.street, sizeof(cu.street), "%d %s", (int)(n % 90) + 1,
	    PICK(streets, (size_t)n / 3));
	if ((err = customer_create(g->c->st, &cu)) != ERR_NONE ||
	    (err = login_create(
		 g->c->st, cu.id, cu.email, cu.name, NULL, NULL)) != ERR_NONE ||
	    (err = make_service(g, cu.id, n, plan)) != ERR_NONE)
		return err;
	return make_account(g, cu.id, n);
}

static enum err
make_batch(struct generator *g, int64_t from, int64_t to)
{
	enum err err;
	int64_t n;

	if ((err = store_begin(g->c->st)) != ERR_NONE)
		return err;
	for (n = from; n < to && err == ERR_NONE; n++)
		err = make_customer(g, n);
	if (err == ERR_NONE)
		err = store_commit(g->c->st);
	store_rollback(g->c->st);
	return err;
}

/* A line that redraws itself on a terminal, every tenth elsewhere. */
static void
progress(int64_t done, int64_t n, int64_t started, int64_t *shown)
{
	int64_t now = clock_mono_ms(), tenth = n >= 10 ? n / 10 : 1;
	bool tty = isatty(STDERR_FILENO) == 1;
	long long rate = now > started ? done * 1000 / (now - started) : 0;

	if (tty ? done < n && now - *shown < REDRAW_MS
		: done < n && done / tenth == *shown)
		return;
	*shown = tty ? now : done / tenth;
	fprintf(stderr, tty ? "\r" : "");
	fprintf(stderr, _("customers: %lld of %lld, %lld a second"),
	    (long long)done, (long long)n, rate);
	fputs(tty && done < n ? "" : "\n", stderr);
}

enum err
generate_customers(struct ctl *c, int64_t n)
{
	struct generator g = {.c = c};
	int64_t started = clock_mono_ms(), shown = 0, done = 0, seen = 0, to;
	enum err err;

	if ((err = plans_find(&g)) != ERR_NONE)
		return err;
	months_find(&g);
	while (done < n && err == ERR_NONE) {
		to = n - done > BATCH ? done + BATCH : n;
		if ((err = make_batch(&g, done + 1, to + 1)) == ERR_NONE)
			progress(to, n, started, &shown);
		done = to;
		/* The planner knew an empty store; it sees it grow. */
		if (err == ERR_NONE && done > 4 * seen) {
			err = store_analyze(c->st);
			seen = done;
		}
	}
	return err;
}
