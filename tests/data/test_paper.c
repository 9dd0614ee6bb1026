/* Papers: kept once, whole, and only for what they belong to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

#include "data/paper.h"
#include "data/verb.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

/* Acts as the customer's renderer. */
static void
render_as(struct shop *p, int64_t customer)
{
	struct identity id = {
	    .tenant = p->tenant, .customer = customer, .role = ROLE_RENDER};

	store_become(p->st, &id);
}

static unsigned char *
bytes_make(size_t n, unsigned char first)
{
	unsigned char *p = malloc(n + 1);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(first + i * 7 + i / 251);
	return p;
}

/* What is stored is these bytes, with their hash. */
static void
paper_is(
    struct shop *p, const char *number, const unsigned char *bytes, size_t n)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	char hex[65];
	struct paper paper;
	struct buf b;

	OK(paper_find(p->st, PAPER_INVOICE, number, &paper));
	assert_true(paper.id > 0);
	assert_int_equal(paper.size, n);
	crypto_hash_sha256(digest, bytes, n);
	sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
	assert_string_equal(paper.sha256, hex);
	buf_init(&b, n + STORE_CHUNK);
	for (int64_t seq = 0; seq * STORE_CHUNK < (int64_t)n; seq++) {
		OK(paper_read(p->st, paper.id, seq, &b));
		assert_true(b.len == n || b.len % STORE_CHUNK == 0);
	}
	assert_int_equal(b.len, n);
	assert_memory_equal(b.data, bytes, n);
	assert_int_equal(
	    paper_read(p->st, paper.id, (int64_t)n / STORE_CHUNK + 1, &b),
	    ERR_NOT_FOUND);
	buf_release(&b);
}

static void
bytes_come_back_as_they_were_kept(void **state)
{
	static const size_t sizes[] = {1, STORE_CHUNK - 1, STORE_CHUNK,
	    STORE_CHUNK + 1, 3 * STORE_CHUNK, 1000000};
	struct shop *p = *state;
	unsigned char *bytes;
	char number[33];
	int64_t id;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		id = shop_issue(p, 0, 14, 100);
		snprintf(number, sizeof(number), "INV-2026-%06zu", i + 1);
		bytes = bytes_make(sizes[i], (unsigned char)i);
		render_as(p, p->customer);
		OK(paper_keep(p->st, PAPER_INVOICE, id, bytes, sizes[i]));
		paper_is(p, number, bytes, sizes[i]);
		shop_system(p);
		free(bytes);
	}
}

static void
the_first_one_kept_stays(void **state)
{
	struct shop *p = *state;
	int64_t id = shop_issue(p, 0, 14, 100);
	unsigned char *first = bytes_make(200000, 1);
	unsigned char *second = bytes_make(150000, 2);

	render_as(p, p->customer);
	OK(paper_keep(p->st, PAPER_INVOICE, id, first, 200000));
	OK(paper_keep(p->st, PAPER_INVOICE, id, second, 150000));
	paper_is(p, "INV-2026-000001", first, 200000);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM paper"), 1);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM paper_chunk"), 4);
	shop_system(p);
	free(first);
	free(second);
}

/* One call of the verb; gives the paper's id. */
static enum err
keep(struct shop *p, int64_t ref, int64_t *id, int64_t seq, bool last,
    const unsigned char *bytes, size_t n)
{
	struct buf args, reply;
	struct rd rd;
	enum err err;

	buf_init(&args, 2 * STORE_CHUNK);
	buf_init(&reply, 64);
	buf_put_u8(&args, PAPER_INVOICE);
	buf_put_i64(&args, ref);
	buf_put_i64(&args, *id);
	buf_put_i64(&args, seq);
	buf_put_u8(&args, last);
	buf_put_blob(&args, bytes, n);
	err = store_call(p->st, VERB_PAPER_KEEP, &args, &reply);
	if (err == ERR_NONE) {
		rd = rd_buf(&reply);
		*id = rd_i64(&rd);
	}
	buf_release(&args);
	buf_release(&reply);
	return err;
}

static void
two_at_once_do_not_mix(void **state)
{
	struct shop *p = *state;
	int64_t ref = shop_issue(p, 0, 14, 100), a = 0, b = 0;
	unsigned char *one = bytes_make(STORE_CHUNK + 5, 1);
	unsigned char *two = bytes_make(STORE_CHUNK + 9, 2);
	struct paper paper;

	render_as(p, p->customer);
	OK(keep(p, ref, &a, 0, false, one, STORE_CHUNK));
	OK(keep(p, ref, &b, 0, false, two, STORE_CHUNK));
	/* Invisible until complete. */
	OK(paper_find(p->st, PAPER_INVOICE, "INV-2026-000001", &paper));
	assert_int_equal(paper.id, 0);
	assert_int_equal(paper.size, 0);
	OK(keep(p, ref, &b, 1, true, two + STORE_CHUNK, 9));
	OK(keep(p, ref, &a, 1, true, one + STORE_CHUNK, 5));
	assert_int_equal(a, 0);
	paper_is(p, "INV-2026-000001", two, STORE_CHUNK + 9);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM paper"), 1);
	shop_system(p);
	free(one);
	free(two);
}

static void
chunks_must_be_whole_and_in_order(void **state)
{
	struct shop *p = *state;
	int64_t ref = shop_issue(p, 0, 14, 100),
		other = shop_issue(p, 0, 14, 1);
	unsigned char *x = bytes_make(STORE_CHUNK + 1, 1);
	int64_t id = 0, none = 0;

	render_as(p, p->customer);
	assert_int_equal(
	    keep(p, ref, &none, 1, false, x, STORE_CHUNK), ERR_PROTOCOL);
	assert_int_equal(keep(p, ref, &none, 0, false, x, 10), ERR_PROTOCOL);
	assert_int_equal(keep(p, ref, &none, 0, true, x, 0), ERR_PROTOCOL);
	assert_int_equal(
	    keep(p, ref, &none, 0, true, x, STORE_CHUNK + 1), ERR_PROTOCOL);
	OK(keep(p, ref, &id, 0, false, x, STORE_CHUNK));
	assert_int_equal(
	    keep(p, ref, &id, 2, false, x, STORE_CHUNK), ERR_NOT_FOUND);
	assert_int_equal(
	    keep(p, other, &id, 1, false, x, STORE_CHUNK), ERR_NOT_FOUND);
	assert_int_equal(keep(p, ref, &id, 600, true, x, 1), ERR_TOO_BIG);
	OK(keep(p, ref, &id, 1, true, x, 1));
	shop_system(p);
	free(x);
}

static void
nobody_keeps_papers_of_what_is_not_theirs(void **state)
{
	struct shop *p = *state;
	int64_t ref = shop_issue(p, 0, 14, 100);
	int64_t other = shop_customer(p, "other");
	struct paper paper;

	render_as(p, other);
	assert_int_equal(
	    paper_keep(p->st, PAPER_INVOICE, ref, "x", 1), ERR_NOT_FOUND);
	assert_int_equal(
	    paper_find(p->st, PAPER_INVOICE, "INV-2026-000001", &paper),
	    ERR_NOT_FOUND);
	render_as(p, p->customer);
	assert_int_equal(
	    paper_keep(p->st, PAPER_RECEIPT, ref, "x", 1), ERR_NOT_FOUND);
	assert_int_equal(
	    paper_keep(p->st, PAPER_KINDS, ref, "x", 1), ERR_PROTOCOL);
	shop_as(p, p->customer, 0);
	assert_int_equal(
	    paper_keep(p->st, PAPER_INVOICE, ref, "x", 1), ERR_DENIED);
	shop_system(p);
}

static void
abandoned_ones_are_cleared_after_an_hour(void **state)
{
	struct shop *p = *state;
	int64_t ref = shop_issue(p, 0, 14, 100), id = 0;
	unsigned char *x = bytes_make(STORE_CHUNK, 1);

	render_as(p, p->customer);
	OK(keep(p, ref, &id, 0, false, x, STORE_CHUNK));
	p->s.clock.fixed += 3601;
	OK(paper_keep(p->st, PAPER_INVOICE, ref, x, 100));
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM paper"), 1);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM paper_chunk"), 1);
	shop_system(p);
	free(x);
}

static void
every_issued_invoice_and_receipt_is_listed(void **state)
{
	struct shop *p = *state;
	struct paper *list;
	size_t n;

	for (int i = 0; i < 250; i++)
		shop_issue(p, -(i % 5), 14, 1);
	shop_pay(p, 10, 0);
	shop_credit(p, 10);
	scratch_sql(&p->s, "UPDATE invoice SET state = 'draft' WHERE id = 9");
	shop_as(p, p->customer, 0);
	OK(paper_list(p->st, PAPER_INVOICE, &list, &n));
	assert_int_equal(n, 249);
	for (size_t i = 1; i < n; i++)
		assert_true(list[i - 1].at <= list[i].at);
	assert_int_equal(list[0].kind, PAPER_INVOICE);
	free(list);
	OK(paper_list(p->st, PAPER_RECEIPT, &list, &n));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].number, "RCP-2026-000001");
	assert_int_equal(list[0].id, 0);
	free(list);
	shop_system(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(bytes_come_back_as_they_were_kept),
	    TEST(the_first_one_kept_stays),
	    TEST(two_at_once_do_not_mix),
	    TEST(chunks_must_be_whole_and_in_order),
	    TEST(nobody_keeps_papers_of_what_is_not_theirs),
	    TEST(abandoned_ones_are_cleared_after_an_hour),
	    TEST(every_issued_invoice_and_receipt_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
