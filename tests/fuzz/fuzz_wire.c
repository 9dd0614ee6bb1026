/*
 * Bodies of store messages: what can be read at all is written again as the
 * same bytes, and an error sticks.
 */
#include "data/wire.h"
#include "tests/fuzz/fuzz.h"

enum { OUT_MAX = 1024 * 1024 };

static void
read_values(struct rd *r, struct buf *out)
{
	while (r->left > 0 && r->err == ERR_NONE) {
		struct value v = wire_value(r);
		size_t before = out->len;

		if (r->err != ERR_NONE) {
			REQUIRE(v.type == VALUE_NULL);
			return;
		}
		if (v.type == VALUE_TEXT)
			REQUIRE(strlen(v.p) == v.n);
		wire_put_value(out, &v);
		REQUIRE(out->len - before == wire_value_size(&v));
	}
}

static void
read_reply(struct rd *r, struct buf *out)
{
	struct problem p = {0};
	enum err err = wire_reply(r, &p);

	if (r->err == ERR_NONE)
		wire_put_reply(out, err, &p);
	else
		REQUIRE(err == ERR_PROTOCOL && p.text[0] == '\0');
}

static void
read_identity(struct rd *r, struct buf *out)
{
	struct identity id;

	wire_identity(r, &id);
	if (r->err == ERR_NONE)
		wire_put_identity(out, &id);
}

static void
read_note(struct rd *r, struct buf *out)
{
	struct note note;

	wire_note(r, &note);
	if (r->err == ERR_NONE)
		wire_put_note(out, &note);
}

/* Each way of reading an integer or bytes, as the input says. */
static void
read_mixed(struct rd *r, struct buf *out)
{
	char small[8];
	const void *p;
	size_t n;

	while (r->left > 0 && r->err == ERR_NONE) {
		uint8_t how = rd_u8(r);

		buf_put_u8(out, how);
		switch (how % 4) {
		case 0:
			buf_put_u32(out, rd_u32(r));
			break;
		case 1:
			buf_put_i64(out, rd_i64(r));
			break;
		case 2:
			p = rd_blob(r, &n);
			buf_put_blob(out, p, n);
			break;
		default:
			rd_str(r, small, sizeof(small));
			REQUIRE(strlen(small) < sizeof(small));
			buf_put_str(out, small);
		}
	}
}

typedef void read_fn(struct rd *r, struct buf *out);
static read_fn *const readers[] = {
    read_values, read_reply, read_identity, read_note, read_mixed};

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const size_t count = sizeof(readers) / sizeof(*readers);
	struct buf out;
	struct rd r;

	if (n == 0)
		return 0;
	buf_init(&out, OUT_MAX);
	r = rd_init(p + 1, n - 1);
	readers[p[0] % count](&r, &out);
	REQUIRE(out.err == ERR_NONE);
	REQUIRE(r.left <= n - 1);
	if (r.err == ERR_NONE) {
		REQUIRE(out.len == n - 1 - r.left);
		REQUIRE(out.len == 0 || memcmp(out.data, p + 1, out.len) == 0);
	} else {
		/* An error stays, and nothing more is taken. */
		size_t left = r.left;

		REQUIRE(rd_u8(&r) == 0 && rd_i64(&r) == 0);
		REQUIRE(r.left == left && rd_end(&r) == ERR_PROTOCOL);
	}
	buf_release(&out);
	return 0;
}
