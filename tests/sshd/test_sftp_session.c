/*
 * SFTP's framing: the greeting, packets in any pieces, and what ends a
 * session.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sshd/files/handles.h"
#include "tests/sshd/sftp_client.h"

#define T(name, setup)                                                         \
	cmocka_unit_test_setup_teardown(name, setup, sftp_client_teardown)

static void
init_offers_limits_only(void **state)
{
	struct sftp_client *c = *state;
	const char *name;
	size_t n = 0;

	sftp_ask(c, FXP_INIT, 6);
	sftp_ask_end(c);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_answer(c), FXP_VERSION);
	assert_int_equal(c->id, 3);
	name = pkt_bytes(&c->rd, &n);
	assert_int_equal(n, strlen("limits@openssh.com"));
	assert_memory_equal(name, "limits@openssh.com", n);
	name = pkt_bytes(&c->rd, &n);
	assert_int_equal(n, 1);
	assert_memory_equal(name, "1", n);
	assert_int_equal(rd_end(&c->rd), ERR_NONE);
}

static void
limits_are_those_held(void **state)
{
	struct sftp_client *c = *state;

	sftp_ask_path(c, FXP_EXTENDED, 5, "limits@openssh.com");
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_answer(c), FXP_EXTENDED_REPLY);
	assert_int_equal(c->id, 5);
	assert_int_equal(pkt_u64(&c->rd), SFTP_PACKET_MAX);
	assert_int_equal(pkt_u64(&c->rd), SFTP_READ_MAX);
	(void)pkt_u64(&c->rd);
	assert_int_equal(pkt_u64(&c->rd), HANDLES);
	assert_int_equal(rd_end(&c->rd), ERR_NONE);
}

static void
unknown_requests_are_answered(void **state)
{
	struct sftp_client *c = *state;
	static const int types[] = {0, 21, 99, FXP_STATUS, FXP_DATA,
	    FXP_VERSION, 202, 255, FXP_READLINK};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		sftp_ask_path(c, (enum fxp)types[i], 7, "README.txt");
		assert_int_equal(sftp_send(c), ERR_NONE);
		assert_int_equal(sftp_status(c, 7), FX_OP_UNSUPPORTED);
	}
	sftp_ask_path(c, FXP_EXTENDED, 8, "posix-rename@openssh.com");
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 8), FX_OP_UNSUPPORTED);
}

static void
request_before_init_ends(void **state)
{
	struct sftp_client *c = *state;

	sftp_ask_path(c, FXP_STAT, 1, "/");
	assert_int_equal(sftp_send(c), ERR_PROTOCOL);
	assert_int_equal(c->got.len, 0);
	assert_int_equal(c->fake.stats, 0);
}

static void
second_init_ends(void **state)
{
	struct sftp_client *c = *state;

	sftp_ask(c, FXP_INIT, 3);
	sftp_ask_end(c);
	assert_int_equal(sftp_send(c), ERR_PROTOCOL);
}

static void
empty_packet_ends(void **state)
{
	struct sftp_client *c = *state;

	pkt_put_u32(&c->ask, 0);
	assert_int_equal(sftp_send(c), ERR_PROTOCOL);
}

static void
packet_without_an_id_ends(void **state)
{
	struct sftp_client *c = *state;

	pkt_put_u32(&c->ask, 3);
	buf_put_u8(&c->ask, FXP_STAT);
	buf_add(&c->ask, "\0\0", 2);
	assert_int_equal(sftp_send(c), ERR_PROTOCOL);
}

static void
oversized_packet_ends_before_its_body(void **state)
{
	struct sftp_client *c = *state;

	pkt_put_u32(&c->ask, SFTP_PACKET_MAX + 1);
	assert_int_equal(sftp_send(c), ERR_TOO_BIG);
}

static void
oversized_packet_ends_in_pieces_too(void **state)
{
	struct sftp_client *c = *state;

	assert_int_equal(sftp_input(c->sftp, "\xff", 1), ERR_NONE);
	assert_int_equal(sftp_input(c->sftp, "\xff\xff", 2), ERR_NONE);
	assert_int_equal(sftp_input(c->sftp, "\xff", 1), ERR_TOO_BIG);
}

static void
requests_before_a_bad_one_are_answered(void **state)
{
	struct sftp_client *c = *state;

	sftp_ask_path(c, FXP_REALPATH, 1, ".");
	pkt_put_u32(&c->ask, UINT32_MAX);
	assert_int_equal(sftp_send(c), ERR_TOO_BIG);
	assert_int_equal(sftp_answer(c), FXP_NAME);
	assert_int_equal(c->id, 1);
}

static void
largest_packet_is_taken(void **state)
{
	struct sftp_client *c = *state;
	unsigned char *p;
	size_t n = SFTP_PACKET_MAX - 5;

	sftp_ask(c, FXP_WRITE, 1);
	p = buf_reserve(&c->ask, n);
	assert_non_null(p);
	memset(p, 'x', n);
	c->ask.len += n;
	sftp_ask_end(c);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 1), FX_PERMISSION_DENIED);
}

/* Some of every kind of request, as one stream. */
static void
ask_much(struct sftp_client *c)
{
	sftp_ask(c, FXP_INIT, 3);
	sftp_ask_end(c);
	sftp_ask_path(c, FXP_REALPATH, 1, ".");
	sftp_ask_path(c, FXP_STAT, 2, "invoices/INV-1.pdf");
	sftp_ask_path(c, FXP_STAT, 3, "nope");
	sftp_ask_path(c, FXP_MKDIR, 4, "x");
	sftp_ask_open(c, 5, "invoices/INV-2.pdf", FXF_READ);
	sftp_ask_path(c, FXP_OPENDIR, 6, "/");
	sftp_ask_path(c, FXP_EXTENDED, 7, "limits@openssh.com");
}

static void
fragments_of_any_size_give_the_same_answers(void **state)
{
	struct sftp_client *whole = *state, *c;
	void *other;

	ask_much(whole);
	assert_int_equal(sftp_send(whole), ERR_NONE);
	for (size_t piece = 1; piece < 40; piece++) {
		assert_int_equal(sftp_client_setup_silent(&other), 0);
		c = other;
		ask_much(c);
		for (size_t at = 0; at < c->ask.len; at += piece)
			assert_int_equal(
			    sftp_input(c->sftp, c->ask.data + at,
				c->ask.len - at < piece ? c->ask.len - at
							: piece),
			    ERR_NONE);
		assert_false(sftp_partial(c->sftp));
		assert_int_equal(c->got.len, whole->got.len);
		assert_memory_equal(c->got.data, whole->got.data, c->got.len);
		sftp_client_teardown(&other);
	}
}

static void
partial_packet_is_known_as_such(void **state)
{
	struct sftp_client *c = *state;

	assert_false(sftp_partial(c->sftp));
	sftp_ask_path(c, FXP_STAT, 1, "/");
	c->ask.len--;
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_true(sftp_partial(c->sftp));
	assert_true(sftp_busy(c->sftp));
	assert_int_equal(c->got.len, 0);
}

static void
many_requests_are_answered_in_one_write(void **state)
{
	struct sftp_client *c = *state;
	size_t before = c->sends;

	for (uint32_t id = 0; id < 500; id++)
		sftp_ask_path(c, FXP_STAT, id, "README.txt");
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(c->sends - before, 1);
	for (uint32_t id = 0; id < 500; id++) {
		assert_int_equal(sftp_answer(c), FXP_ATTRS);
		assert_int_equal(c->id, id);
	}
	assert_int_equal(sftp_answer(c), 0);
}

static void
malformed_request_is_answered(void **state)
{
	struct sftp_client *c = *state;
	static const enum fxp types[] = {FXP_OPEN, FXP_CLOSE, FXP_READ,
	    FXP_LSTAT, FXP_FSTAT, FXP_OPENDIR, FXP_READDIR, FXP_REALPATH,
	    FXP_STAT, FXP_EXTENDED};

	for (uint32_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		sftp_ask(c, types[i], i);
		pkt_put_u32(&c->ask, 0x7fffffff); /* longer than what follows */
		buf_add(&c->ask, "abc", 3);
		sftp_ask_end(c);
		sftp_ask(c, types[i], i);
		sftp_ask_end(c);
		assert_int_equal(sftp_send(c), ERR_NONE);
		assert_int_equal(sftp_status(c, i), FX_BAD_MESSAGE);
		assert_int_equal(sftp_status(c, i), FX_BAD_MESSAGE);
	}
}

static void
store_gone_ends_after_an_answer(void **state)
{
	struct sftp_client *c = *state;

	c->fake.stat_err = ERR_CLOSED;
	sftp_ask_path(c, FXP_STAT, 1, "/");
	sftp_ask_path(c, FXP_STAT, 2, "/");
	assert_int_equal(sftp_send(c), ERR_CLOSED);
	assert_int_equal(sftp_status(c, 1), FX_FAILURE);
	assert_int_equal(sftp_answer(c), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(init_offers_limits_only, sftp_client_setup_silent),
	    T(limits_are_those_held, sftp_client_setup),
	    T(unknown_requests_are_answered, sftp_client_setup),
	    T(request_before_init_ends, sftp_client_setup_silent),
	    T(second_init_ends, sftp_client_setup),
	    T(empty_packet_ends, sftp_client_setup),
	    T(packet_without_an_id_ends, sftp_client_setup),
	    T(oversized_packet_ends_before_its_body, sftp_client_setup),
	    T(oversized_packet_ends_in_pieces_too, sftp_client_setup),
	    T(requests_before_a_bad_one_are_answered, sftp_client_setup),
	    T(largest_packet_is_taken, sftp_client_setup),
	    T(fragments_of_any_size_give_the_same_answers,
		sftp_client_setup_silent),
	    T(partial_packet_is_known_as_such, sftp_client_setup),
	    T(many_requests_are_answered_in_one_write, sftp_client_setup),
	    T(malformed_request_is_answered, sftp_client_setup),
	    T(store_gone_ends_after_an_answer, sftp_client_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
