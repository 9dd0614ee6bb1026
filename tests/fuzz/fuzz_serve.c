/*
 * A session that was taken over talks to its store worker, on a store with two
 * customers of one tenant and one of another.  The input is a row of messages:
 * any bytes, or well-formed ones with hostile values, among them the ids and
 * names of the others.  Nothing of the others' may change or be answered.
 */
#include "base/log.h"
#include "data/registry.h"
#include "data/serve.h"
#include "data/verb.h"
#include "data/wire.h"
#include "tests/data/census.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/snapshot.h"

enum { MESSAGES = 24, HASHES = 1 };

struct world {
	struct fixture f;
	struct census census;
	struct snapshot start;
	uint64_t others[WHO_COUNT];
	int hashes; /* of passwords and codes in this input: they are slow */
};

/* What a verb wants: i64, u8, str, blob, a list of i64. */
/* clang-format off */
static const char *const verb_args[VERB_COUNT] = {
	[VERB_TICKET_CREATE]   = "ssss",
	[VERB_TICKET_REPLY]    = "is",
	[VERB_TICKET_CLOSE]    = "i",
	[VERB_TICKET_REOPEN]   = "i",
	[VERB_PROFILE_UPDATE]  = "ssssssss",
	[VERB_PASSWORD_CHANGE] = "ss",
	[VERB_EMAIL_CHANGE_START]   = "s",
	[VERB_EMAIL_CHANGE_CONFIRM] = "s",
	[VERB_PAPER_KEEP]      = "uiiiub",
	[VERB_CHECKOUT_CREATE] = "uil",
	[VERB_CHECKOUT_RENEW]  = "i",
	[VERB_METHOD_DEFAULT]  = "i",
	[VERB_METHOD_REMOVE]   = "i",
	[VERB_METHOD_CHARGE]   = "iil",
	[VERB_AUTOPAY_SET]     = "i",
};
/* clang-format on */

static void
drop_table(struct census *c, size_t i)
{
	memmove(&c->tables[i], &c->tables[i + 1],
	    (c->n - i - 1) * sizeof(*c->tables));
	c->n--;
}

static struct world *
world(void)
{
	static struct world w;

	if (w.start.st != NULL)
		return &w;
	log_open("fuzz_serve", LOG_LVL_ERROR);
	fixture_open(&w.f);
	census_take(&w.census, &w.f.scratch);
	/* The throttle is nobody's: a wrong password is counted there. */
	for (size_t i = w.census.n; i-- > 0;)
		if (strcmp(w.census.tables[i].name, "throttle") == 0)
			drop_table(&w.census, i);
	snapshot_take(&w.start, &w.f.scratch);
	for (int who = 0; who < WHO_COUNT; who++) {
		struct identity id =
		    fixture_identity(&w.f, (enum who)who, ROLE_CUSTOMER);

		w.others[who] = census_hash(
		    &w.census, w.start.st, &id, OWNER_CUSTOMER, false);
	}
	return &w;
}

static int64_t
hostile_int(struct world *w, struct feed *f)
{
	static const int64_t edges[] = {0, 1, 2, -1, 100, FIXTURE_TODAY,
	    INT64_MAX, INT64_MIN, INT32_MAX, 1000000};
	uint8_t pick = (uint8_t)feed_int(f, 1);
	const struct holding *h = &w->f.of[pick / 20 % WHO_COUNT];
	const int64_t ids[20] = {h->invoice, h->unpaid, h->payment, h->ticket,
	    h->paper, h->unmade, h->begun, h->service, h->customer, h->login,
	    h->checkout, h->topup, h->method, h->charged, h->charge, h->setup,
	    h->proforma, h->proforma_checkout, h->spare, h->email_change};

	if (pick < 200)
		return ids[pick % 20];
	return pick < 240 ? edges[pick % 10] : (int64_t)feed_int(f, 8);
}

/* malloc'ed */
static char *
hostile_text(struct world *w, struct feed *f)
{
	static const char *const words[] = {"", "fault", "low", "medium",
	    FIXTURE_PASSWORD, "%", "' OR 1=1 --", FIXTURE_CODE, "open",
	    "new@example.net"};
	uint8_t pick = (uint8_t)feed_int(f, 1);
	const struct holding *h = &w->f.of[pick / 10 % WHO_COUNT];
	const char *const names[] = {h->number, h->email, h->plan_name,
	    h->invoice_number, h->receipt, h->fingerprint, h->number, "Wien",
	    "2 Low Street", "+43 1 2"};
	const char *s;

	if (pick >= 200)
		return feed_string(f);
	s = pick < 100 ? names[pick % 10] : words[pick % 10];
	return string_of((const uint8_t *)s, strlen(s));
}

static void
put_arg(struct world *w, struct feed *f, struct buf *b, char type)
{
	uint8_t odd = (uint8_t)feed_int(f, 1);
	struct value v = {.type = VALUE_NULL};
	uint8_t *bytes = NULL;
	char *text = NULL;

	if (odd > 250)
		type = "ibtIN"[odd - 251];
	switch (type) {
	case 'i':
	case 'I':
		v.type = VALUE_INT;
		v.i = hostile_int(w, f);
		break;
	case 'b':
	case 'B':
		v.type = VALUE_BYTES;
		v.p = bytes = feed_block(f, &v.n);
		break;
	case 'N':
		break;
	default:
		v.type = VALUE_TEXT;
		v.p = text = hostile_text(w, f);
		v.n = strlen(text);
	}
	wire_put_value(b, &v);
	free(bytes);
	free(text);
}

static void
put_query(struct world *w, struct feed *f, struct buf *b)
{
	uint32_t sql = (uint32_t)feed_int(f, 1) % SQL_COUNT;
	const char *types = sql_table[sql].args;

	buf_put_u32(b, sql);
	buf_put_u8(b, (uint8_t)strlen(types));
	for (; *types != '\0'; types++)
		put_arg(w, f, b, *types);
}

static void
put_queries(struct world *w, struct feed *f, struct buf *b)
{
	int64_t n = feed_int(f, 1) % (QUERIES_MAX + 2);
	struct buf one;

	buf_init(&one, IPC_BODY_MAX);
	for (; n > 0; n--) {
		buf_reset(&one);
		put_query(w, f, &one);
		buf_put_blob(b, one.data, one.len);
	}
	buf_release(&one);
}

static bool
hashes(uint32_t verb)
{
	return verb == VERB_PASSWORD_CHANGE ||
	       verb == VERB_EMAIL_CHANGE_START ||
	       verb == VERB_EMAIL_CHANGE_CONFIRM;
}

static void
put_call(struct world *w, struct feed *f, struct buf *b)
{
	uint32_t verb = (uint32_t)feed_int(f, 1) % VERB_COUNT;
	uint8_t *bytes;
	char *text;
	size_t n;

	if (hashes(verb) && w->hashes++ >= HASHES)
		verb = VERB_TICKET_CREATE;
	REQUIRE(verb_args[verb] != NULL);
	buf_put_u32(b, verb);
	for (const char *type = verb_args[verb]; *type != '\0'; type++) {
		switch (*type) {
		case 'i':
			buf_put_i64(b, hostile_int(w, f));
			break;
		case 'u':
			buf_put_u8(b, (uint8_t)feed_int(f, 1));
			break;
		case 'l':
			n = (size_t)feed_int(f, 1) % 4;
			buf_put_u32(b, (uint32_t)n);
			for (; n > 0; n--)
				buf_put_i64(b, hostile_int(w, f));
			break;
		case 's':
			text = hostile_text(w, f);
			buf_put_str(b, text);
			free(text);
			break;
		default:
			bytes = feed_block(f, &n);
			buf_put_blob(b, bytes, n);
			free(bytes);
		}
	}
}

static void
make_message(struct world *w, struct feed *f, struct ipc_msg *m)
{
	uint8_t how = (uint8_t)feed_int(f, 1);
	uint8_t *bytes;
	size_t n;

	switch (how % 8) {
	case 0:
		m->type = (uint16_t)feed_int(f, 1) % (STORE_MSG_QUERIES + 2);
		bytes = feed_block(f, &n);
		buf_add(&m->body, bytes, n);
		free(bytes);
		break;
	case 1:
		m->type = STORE_MSG_HELLO;
		buf_put_i64(&m->body, (int64_t)registry_hash());
		break;
	case 2:
		m->type = STORE_MSG_RENDER;
		buf_put_u8(&m->body, (uint8_t)feed_int(f, 1) % 4);
		buf_put_i64(&m->body, hostile_int(w, f));
		break;
	case 3:
	case 4:
		m->type = STORE_MSG_CALL;
		put_call(w, f, &m->body);
		break;
	case 5:
		m->type = STORE_MSG_QUERIES;
		put_queries(w, f, &m->body);
		break;
	default:
		m->type = STORE_MSG_QUERY;
		put_query(w, f, &m->body);
	}
	/* Now and then something is broken behind its back. */
	if (how >= 240 && m->body.len > 0)
		m->body.data[feed_int(f, 2) % m->body.len] ^=
		    (unsigned char)feed_int(f, 1);
}

static bool
names(const struct buf *b, const char *text)
{
	return b->len > 0 && memmem(b->data, b->len, text, strlen(text));
}

static bool
has(const struct buf *b, char c)
{
	return b->len > 0 && memchr(b->data, c, b->len) != NULL;
}

/* Nothing of the others is said, unless the asker said something like it. */
static void
check_silence(const struct world *w, enum who me, const struct buf *asked,
    const struct buf *reply)
{
	for (int who = 0; who < WHO_COUNT; who++) {
		const struct holding *h = &w->f.of[who];

		if (who == (int)me)
			continue;
		REQUIRE(has(asked, '@') || !names(reply, h->email));
		REQUIRE(has(asked, ':') || !names(reply, h->fingerprint));
	}
}

static void
check_reply(const struct buf *reply)
{
	struct rd r = rd_buf(reply);
	struct problem p;
	enum err err = wire_reply(&r, &p);

	REQUIRE(reply->len <= IPC_BODY_MAX);
	REQUIRE(r.err == ERR_NONE);
	/* A hostile value is refused, not found out by an engine. */
	REQUIRE(err != ERR_INTERNAL && err != ERR_IO && err != ERR_NOMEM);
	REQUIRE(err != ERR_BAD_INPUT || p.text[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const enum role roles[] = {
	    ROLE_CUSTOMER, ROLE_CUSTOMER, ROLE_CUSTOMER, ROLE_RENDER};
	struct world *w = world();
	struct feed f = {p, n};
	uint8_t who = (uint8_t)feed_int(&f, 1);
	enum who me = (enum who)(who % WHO_COUNT);
	struct identity id = fixture_identity(&w->f, me, roles[who / 3 % 4]);
	struct buf reply, asked;

	w->hashes = 0;
	buf_init(&reply, IPC_BODY_MAX);
	buf_init(&asked, 4 * IPC_BODY_MAX);
	for (int i = 0; i < MESSAGES && f.left > 0; i++) {
		struct serve_render render = {0};
		enum serve_result result;
		struct ipc_msg m;

		ipc_msg_init(&m);
		make_message(w, &f, &m);
		buf_add(&asked, m.body.data, m.body.len);
		result = store_serve(w->start.st, &id, &m, &reply, &render);
		REQUIRE(!store_in_transaction(w->start.st));
		REQUIRE(store_identity(w->start.st)->role == ROLE_SYSTEM);
		if (result == SERVE_REPLY) {
			check_reply(&reply);
			check_silence(w, me, &asked, &reply);
		} else if (result == SERVE_RENDER) {
			REQUIRE(id.role == ROLE_CUSTOMER && render.ref >= 0);
		}
		ipc_msg_release(&m);
		buf_reset(&reply);
	}
	REQUIRE(census_hash(&w->census, w->start.st, &id, OWNER_CUSTOMER,
		    false) == w->others[me]);
	snapshot_restore(&w->start);
	buf_release(&asked);
	buf_release(&reply);
	return 0;
}
