#include "tests/data/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/wire.h"

static void
make_alone(const struct world *w, struct scratch *s, int who, enum owner level)
{
	scratch_copy(&w->spare, s);
	census_leave(&w->census, s, &w->f.of[who], level);
	scratch_reopen(s);
}

int
world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	fixture_open(&w->f);
	census_take(&w->census, &w->f.scratch);
	scratch_shut(&w->f.scratch);
	scratch_copy(&w->f.scratch, &w->spare);
	scratch_reopen(&w->f.scratch);
	for (int i = 0; i < WHO_COUNT; i++) {
		make_alone(w, &w->customer[i], i, OWNER_CUSTOMER);
		make_alone(w, &w->tenant[i], i, OWNER_TENANT);
	}
	*state = w;
	return 0;
}

int
world_teardown(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < WHO_COUNT; i++) {
		scratch_release(&w->customer[i]);
		scratch_release(&w->tenant[i]);
	}
	scratch_release(&w->spare);
	fixture_release(&w->f);
	free(w);
	return 0;
}

/* Running a case. */

static void
bind_arg(struct query *q, const struct arg *a, const struct holding *h)
{
	const char *base = (const char *)h;

	switch (a->kind) {
	case ARG_END:
		break;
	case ARG_INT:
		query_bind_int(q, a->i);
		break;
	case ARG_TEXT:
		query_bind_text(q, a->s);
		break;
	case ARG_NULL:
		query_bind_null(q);
		break;
	case ARG_BYTES:
		query_bind_bytes(q, a->s, strlen(a->s));
		break;
	case ARG_ID:
		query_bind_int(q, *(const int64_t *)(base + a->i));
		break;
	case ARG_STRING:
		query_bind_text(q, base + a->i);
		break;
	case ARG_KEY:
		query_bind_bytes(q, h->key, sizeof(h->key));
		break;
	}
}

struct result {
	enum err err;
	int64_t rows, changes;
};

/* rows may be NULL. */
static struct result
run(struct store *st, const struct walk_case *c, const struct holding *h,
    struct buf *rows)
{
	struct query q = query_begin(st, c->sql);
	struct result r = {0};

	for (size_t i = 0; i < QUERY_ARGS; i++)
		bind_arg(&q, &c->args[i], h);
	while (query_row(&q)) {
		r.rows++;
		for (size_t i = 0; rows != NULL && i < q.ncols; i++)
			wire_put_value(rows, &q.cols[i]);
	}
	r.err = query_end(&q);
	r.changes = q.changes;
	return r;
}

bool
world_reads_alike(struct world *w, const struct walk_case *c,
    const struct identity *id, const struct holding *h, struct scratch *alone,
    int64_t *rows)
{
	const char *name = sql_table[c->sql].name;
	struct result all, only;
	struct buf a, b;
	bool alike;

	buf_init(&a, 1 << 20);
	buf_init(&b, 1 << 20);
	store_become(w->f.scratch.st, id);
	store_become(alone->st, id);
	all = run(w->f.scratch.st, c, h, &a);
	only = run(alone->st, c, h, &b);
	if (all.err != ERR_NONE || only.err != ERR_NONE)
		fail_msg("%s: %s", name, err_name(all.err));
	alike = a.len == b.len &&
		(a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
	buf_release(&a);
	buf_release(&b);
	*rows = all.rows;
	return alike;
}

static void
check_reading(struct world *w, const struct walk_case *c,
    const struct identity *id, const struct holding *h, struct scratch *alone,
    bool own)
{
	const char *name = sql_table[c->sql].name;
	int64_t rows;

	if (!world_reads_alike(w, c, id, h, alone, &rows))
		fail_msg("%s: %s sees others' rows with ids of %s", name,
		    id->session, h->email);
	if (own && rows == 0)
		fail_msg("%s: gives nothing with %s's own ids", name, h->email);
}

/* After an error PostgreSQL lets a transaction do nothing any more, and undoes
 * what it did. */
static bool
undone(enum err err)
{
	return err != ERR_NONE && scratch_on_postgresql();
}

/* As id with what is in h: nothing that is not id's must change. */
static void
check_writing(struct world *w, const struct walk_case *c,
    const struct identity *id, const struct holding *h, enum owner level,
    bool own)
{
	const struct sql_def *def = &sql_table[c->sql];
	const struct scratch *s = &w->f.scratch;
	uint64_t others, mine;
	struct result r;

	store_become(s->st, id);
	assert_int_equal(store_begin(s->st), ERR_NONE);
	others = census_hash(&w->census, s->st, id, level, false);
	mine = census_hash(&w->census, s->st, id, level, true);
	r = run(s->st, c, h, NULL);
	if (!undone(r.err) &&
	    census_hash(&w->census, s->st, id, level, false) != others)
		fail_msg("%s: %s changes others' rows with ids of %s",
		    def->name, id->session, h->email);
	if (own) {
		if (r.err != ERR_NONE)
			fail_msg("%s: %s", def->name, err_name(r.err));
		if (r.rows + r.changes == 0 ||
		    census_hash(&w->census, s->st, id, level, true) == mine)
			fail_msg("%s: changes nothing of %s's own", def->name,
			    h->email);
	} else if (r.err != ERR_NONE && r.err != ERR_CONFLICT) {
		fail_msg("%s: %s", def->name, err_name(r.err));
	}
	store_rollback(s->st);
}

struct identity
world_identity(const struct world *w, int who, enum role role)
{
	struct identity id = fixture_identity(&w->f, (enum who)who, role);

	snprintf(id.session, sizeof(id.session), "%.20s", w->f.of[who].email);
	return id;
}

void
world_customer_reads(struct world *w, const struct walk_case *c,
    const struct identity *id, int viewer, int whose)
{
	check_reading(
	    w, c, id, &w->f.of[whose], &w->customer[viewer], viewer == whose);
}

void
world_customer_writes(struct world *w, const struct walk_case *c,
    const struct identity *id, int writer, int whose)
{
	check_writing(
	    w, c, id, &w->f.of[whose], OWNER_CUSTOMER, writer == whose);
}

void
world_staff_reads(struct world *w, const struct walk_case *c,
    const struct identity *id, int viewer, int whose)
{
	check_reading(
	    w, c, id, &w->f.of[whose], &w->tenant[viewer], viewer == whose);
}

void
world_tenant_writes(struct world *w, const struct walk_case *c,
    const struct identity *id, int writer, int whose)
{
	check_writing(w, c, id, &w->f.of[whose], OWNER_TENANT, writer == whose);
}

void
world_walk(struct world *w, enum scope scope, bool write, enum role role,
    world_check_fn *check)
{
	struct identity id;
	int n = 0;

	for (size_t i = 0; i < walk_cases_count; i++) {
		const struct walk_case *c = &walk_cases[i];

		if (sql_table[c->sql].scope != scope ||
		    sql_table[c->sql].write != write)
			continue;
		for (int viewer = 0; viewer < WHO_COUNT; viewer++) {
			id = world_identity(w, viewer, role);
			for (int whose = 0; whose < WHO_COUNT; whose++)
				check(w, c, &id, viewer, whose);
		}
		n++;
	}
	assert_true(n > 0);
}

void
world_walk_mixed(
    struct world *w, bool write, enum role role, world_check_fn *check)
{
	for (size_t i = 0; i < walk_cases_count; i++) {
		const struct walk_case *c = &walk_cases[i];

		if (sql_table[c->sql].scope != SCOPE_CUSTOMER ||
		    sql_table[c->sql].write != write)
			continue;
		for (int k = 0; k < WHO_COUNT * WHO_COUNT; k++) {
			int viewer = k / WHO_COUNT, whose = k % WHO_COUNT;
			const struct holding *h = &w->f.of[whose];
			struct identity id = world_identity(w, viewer, role);

			if (viewer == whose)
				continue;
			id.login = h->login;
			check(w, c, &id, viewer, whose);
			if (id.tenant == h->tenant)
				continue;
			id.customer = h->customer;
			check(w, c, &id, viewer, whose);
		}
	}
}

/* Verbs commit: each runs on a copy. */
static void
check_verb(struct world *w, const struct verb_case *c, int caller, int whose)
{
	const struct verb_def *def = &verb_table[c->verb];
	struct identity id = world_identity(w, caller, c->role);
	uint64_t all, mine, others;
	struct scratch s;
	enum err err;

	scratch_copy(&w->spare, &s);
	scratch_reopen(&s);
	store_become(s.st, &id);
	all = census_hash(&w->census, s.st, &id, OWNER_NOBODY, false);
	mine = census_hash(&w->census, s.st, &id, OWNER_CUSTOMER, true);
	others = census_hash(&w->census, s.st, &id, OWNER_CUSTOMER, false);
	err = c->call(s.st, &w->f.of[whose]);
	if (census_hash(&w->census, s.st, &id, OWNER_CUSTOMER, false) != others)
		fail_msg("%s: as %d with ids of %d changes others' rows",
		    def->name, caller, whose);
	if (caller == whose) {
		if (err != ERR_NONE)
			fail_msg("%s: %s (%s)", def->name, err_name(err),
			    store_problem(s.st)->text);
		if (census_hash(&w->census, s.st, &id, OWNER_CUSTOMER, true) ==
		    mine)
			fail_msg("%s: changes nothing of its own", def->name);
	} else if (!c->no_ids) {
		if (err != ERR_NOT_FOUND)
			fail_msg("%s: %s with somebody else's ids", def->name,
			    err_name(err));
		if (census_hash(&w->census, s.st, &id, OWNER_NOBODY, false) !=
		    all)
			fail_msg(
			    "%s: refuses, but changes something", def->name);
	}
	scratch_release(&s);
}

void
world_walk_verbs(struct world *w)
{
	for (size_t i = 0; i < verb_cases_count; i++)
		for (int k = 0; k < WHO_COUNT * WHO_COUNT; k++)
			check_verb(
			    w, &verb_cases[i], k / WHO_COUNT, k % WHO_COUNT);
}
