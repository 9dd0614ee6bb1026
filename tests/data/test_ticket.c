/* Tickets: who moves them where, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/ticket.h"
#include "data/verb.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

static int64_t
create(struct shop *p, const char *subject, const char *body)
{
	int64_t id = 0;

	shop_as(p, p->customer, 0);
	OK(ticket_create(p->st, subject, "fault", "medium", body, &id));
	return id;
}

static void
status_is(struct shop *p, int64_t id, const char *status, bool open)
{
	struct ticket t;

	OK(ticket_get(p->st, id, &t));
	assert_string_equal(t.status, status);
	assert_int_equal(t.open, open);
	ticket_release(&t);
}

static void
staff(struct shop *p, int64_t id)
{
	shop_system(p);
	OK(ticket_staff_reply(
	    p->st, p->customer, id, "Ridgenet support", "Better now?", 0));
	shop_as(p, p->customer, 0);
}

static void
new_ticket_is_there_at_once(void **state)
{
	struct shop *p = *state;
	int64_t id = create(p, "Slow evenings", "From 19:00 on.\nMornings ok.");
	struct ticket t;

	OK(ticket_get(p->st, id, &t));
	assert_string_equal(t.subject, "Slow evenings");
	assert_string_equal(t.type, "fault");
	assert_string_equal(t.priority, "medium");
	assert_string_equal(t.status, "New");
	assert_true(t.open);
	assert_int_equal(t.created_at, p->s.clock.fixed);
	assert_int_equal(t.nmessages, 1);
	assert_string_equal(t.messages[0].body, "From 19:00 on.\nMornings ok.");
	assert_false(t.messages[0].by_staff);
	assert_string_equal(t.messages[0].author, "demo");
	ticket_release(&t);
}

static void
status_moves_by_who_writes(void **state)
{
	struct shop *p = *state;
	int64_t id = create(p, "a", "b");

	OK(ticket_reply(p->st, id, "more"));
	status_is(p, id, "New", true);
	staff(p, id);
	status_is(p, id, "Waiting on customer", true);
	OK(ticket_reply(p->st, id, "no"));
	status_is(p, id, "Waiting on agent", true);
	staff(p, id);
	OK(ticket_close(p->st, id));
	status_is(p, id, "Closed", false);
	OK(ticket_reopen(p->st, id));
	status_is(p, id, "Work in progress", true);
	OK(ticket_reply(p->st, id, "again"));
	status_is(p, id, "Waiting on agent", true);
}

static void
reply_to_a_resolved_ticket_reopens_it(void **state)
{
	struct shop *p = *state;
	int64_t id = create(p, "a", "b");

	scratch_sql(
	    &p->s, "UPDATE ticket SET status = 'Resolved', is_open = 0");
	OK(ticket_reply(p->st, id, "It is back."));
	status_is(p, id, "Work in progress", true);
}

static void
closing_twice_is_a_conflict(void **state)
{
	struct shop *p = *state;
	int64_t id = create(p, "a", "b");

	assert_int_equal(ticket_reopen(p->st, id), ERR_CONFLICT);
	OK(ticket_close(p->st, id));
	assert_int_equal(ticket_close(p->st, id), ERR_CONFLICT);
}

static void
another_customers_ticket_is_not_found(void **state)
{
	struct shop *p = *state;
	int64_t id = create(p, "a", "b");
	struct ticket t;

	shop_system(p);
	shop_as(p, shop_customer(p, "other"), 0);
	assert_int_equal(ticket_get(p->st, id, &t), ERR_NOT_FOUND);
	assert_int_equal(ticket_reply(p->st, id, "x"), ERR_NOT_FOUND);
	assert_int_equal(ticket_close(p->st, id), ERR_NOT_FOUND);
	assert_int_equal(ticket_reopen(p->st, id), ERR_NOT_FOUND);
	shop_as(p, p->customer, 0);
	OK(ticket_get(p->st, id, &t));
	assert_int_equal(t.nmessages, 1);
	ticket_release(&t);
}

static void
bad_tickets_are_refused_at_their_field(void **state)
{
	static char body[TICKET_BODY + 1], subject[TICKET_SUBJECT + 1];
	static const struct {
		const char *subject, *type, *priority, *body, *field;
	} bad[] = {
	    {"", "fault", "low", "b", "subject"},
	    {" \xe2\x80\x8b ", "fault", "low", "b", "subject"},
	    {subject, "fault", "low", "b", "subject"},
	    {"s", "rant", "low", "b", "type"},
	    {"s", "fault", "asap", "b", "priority"},
	    {"s", "fault", "urgent", "b", "priority"},
	    {"s", "fault", "low", "\n \n", "body"},
	    {"s", "fault", "low", body, "body"},
	};
	struct shop *p = *state;
	int64_t id = 7;

	memset(body, 'x', TICKET_BODY);
	memset(subject, 'x', TICKET_SUBJECT);
	shop_as(p, p->customer, 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(
		    ticket_create(p->st, bad[i].subject, bad[i].type,
			bad[i].priority, bad[i].body, &id),
		    ERR_BAD_INPUT);
		shop_problem(p, bad[i].field);
	}
	assert_int_equal(id, 7);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM ticket"), 0);
}

static void
longest_texts_are_kept_whole(void **state)
{
	static char body[TICKET_BODY];
	struct shop *p = *state;
	int64_t id;
	struct ticket t;

	memset(body, 'x', TICKET_BODY - 1);
	id = create(p, "s", body);
	for (int i = 0; i < 20; i++)
		OK(ticket_reply(p->st, id, body));
	OK(ticket_get(p->st, id, &t));
	assert_int_equal(t.nmessages, 21);
	for (size_t i = 0; i < t.nmessages; i++)
		assert_string_equal(t.messages[i].body, body);
	ticket_release(&t);
}

static void
hostile_text_never_reaches_a_terminal(void **state)
{
	struct shop *p = *state;
	int64_t id = create(p,
	    "a\x1b[2J\xe2\x80\xae"
	    "b",
	    "x\x9b"
	    "1m\r\ny\x1b]52;c;AA\a");
	struct ticket t;

	OK(ticket_get(p->st, id, &t));
	assert_string_equal(t.subject, "a[2Jb");
	for (const char *s = t.messages[0].body; *s != '\0'; s++)
		assert_true((unsigned char)*s >= ' ' || *s == '\n');
	ticket_release(&t);
}

static void
open_tickets_are_bounded(void **state)
{
	struct shop *p = *state;
	int64_t id = 0;

	shop_as(p, p->customer, 0);
	for (int i = 0; i < 100; i++)
		OK(ticket_create(p->st, "s", "fault", "low", "b", &id));
	assert_int_equal(
	    ticket_create(p->st, "s", "fault", "low", "b", &id), ERR_BAD_INPUT);
	OK(ticket_close(p->st, id));
	OK(ticket_create(p->st, "s", "fault", "low", "b", &id));
}

static void
malformed_messages_are_refused(void **state)
{
	struct shop *p = *state;
	struct buf args;

	shop_as(p, p->customer, 0);
	for (int v = 0; v < VERB_COUNT; v++) {
		if (v == VERB_PAPER_KEEP)
			continue;
		buf_init(&args, 1024);
		assert_int_equal(
		    store_call(p->st, (enum verb)v, &args, NULL), ERR_PROTOCOL);
		buf_put_u32(&args, 0xfffffff0);
		assert_int_equal(
		    store_call(p->st, (enum verb)v, &args, NULL), ERR_PROTOCOL);
		buf_release(&args);
	}
}

static void
changes_are_audited(void **state)
{
	struct shop *p = *state;
	int64_t id = create(p, "a", "b");

	OK(ticket_reply(p->st, id, "c"));
	OK(ticket_close(p->st, id));
	OK(ticket_reopen(p->st, id));
	assert_int_equal(
	    scratch_int(&p->s,
		"SELECT COUNT(*) FROM audit WHERE action LIKE 'ticket%' "
		"AND customer IS NOT NULL AND source = '192.0.2.7'"),
	    4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(new_ticket_is_there_at_once),
	    TEST(status_moves_by_who_writes),
	    TEST(reply_to_a_resolved_ticket_reopens_it),
	    TEST(closing_twice_is_a_conflict),
	    TEST(another_customers_ticket_is_not_found),
	    TEST(bad_tickets_are_refused_at_their_field),
	    TEST(longest_texts_are_kept_whole),
	    TEST(hostile_text_never_reaches_a_terminal),
	    TEST(open_tickets_are_bounded),
	    TEST(malformed_messages_are_refused),
	    TEST(changes_are_audited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
