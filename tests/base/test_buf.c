/* The growable buffer and the cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void
grows_and_keeps_contents(void **state)
{
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, 100000);
	for (i = 0; i < 10000; i++)
		buf_addf(&b, "%d,", i % 10);
	assert_int_equal(b.err, ERR_NONE);
	assert_int_equal(b.len, 20000);
	for (i = 0; i < 10000; i++)
		assert_int_equal(b.data[2 * i], '0' + i % 10);
	buf_release(&b);
	assert_null(b.data);
}

static void
holds_exactly_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	buf_adds(&b, "12345");
	assert_int_equal(b.err, ERR_NONE);
	assert_string_equal(buf_str(&b), "12345");
	buf_addc(&b, '6');
	assert_int_equal(b.err, ERR_TOO_BIG);
	assert_string_equal(buf_str(&b), "12345");
	buf_release(&b);
}

static void
first_error_sticks_until_reset(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_adds(&b, "too long");
	buf_adds(&b, "ok");
	assert_int_equal(b.err, ERR_TOO_BIG);
	assert_int_equal(b.len, 0);
	assert_null(buf_reserve(&b, 1));
	buf_reset(&b);
	buf_adds(&b, "ok");
	assert_int_equal(b.err, ERR_NONE);
	assert_string_equal(buf_str(&b), "ok");
	buf_release(&b);
}

static void
huge_reservation_does_not_wrap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	buf_addc(&b, 'x');
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_int_equal(b.err, ERR_TOO_BIG);
	buf_release(&b);
}

static void
format_fills_the_last_byte_and_refuses_one_more(void **state)
{
	struct buf b;
	char text[201];

	(void)state;
	memset(text, 'a', 200);
	text[200] = '\0';
	buf_init(&b, 200);
	buf_addf(&b, "%s", text);
	assert_int_equal(b.err, ERR_NONE);
	assert_string_equal(buf_str(&b), text);
	buf_reset(&b);
	buf_addf(&b, "%sb", text);
	assert_int_equal(b.err, ERR_TOO_BIG);
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

static void
consume_drops_the_front(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_adds(&b, "hello world");
	buf_consume(&b, 6);
	assert_string_equal(buf_str(&b), "world");
	buf_consume(&b, 100);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_str(&b), "");
	buf_release(&b);
}

static void
empty_buffer_is_an_empty_string(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	assert_string_equal(buf_str(&b), "");
	assert_non_null(buf_reserve(&b, 0));
	assert_string_equal(buf_str(&b), "");
	buf_wipe(&b);
	buf_wipe(&b);
}

static void
reserved_room_is_the_callers(void **state)
{
	struct buf b;
	unsigned char *room;

	(void)state;
	buf_init(&b, 1000);
	buf_adds(&b, "ab");
	room = buf_reserve(&b, 500);
	assert_non_null(room);
	assert_ptr_equal(room, b.data + 2);
	memset(room, 'c', 500);
	b.len += 500;
	assert_int_equal(strlen(buf_str(&b)), 502);
	buf_release(&b);
}

static void
integers_are_little_endian(void **state)
{
	static const unsigned char want[] = {0xfe, 0x04, 0x03, 0x02, 0x01, 0xfe,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_put_u8(&b, 0xfe);
	buf_put_u32(&b, 0x01020304);
	buf_put_i64(&b, -2);
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(b.data, want, sizeof(want));
	buf_release(&b);
}

static void
cursor_reads_back_what_was_put(void **state)
{
	struct buf b;
	struct rd r;
	const void *blob;
	char s[8];
	size_t n;

	(void)state;
	buf_init(&b, 1000);
	buf_put_u8(&b, 255);
	buf_put_u32(&b, UINT32_MAX);
	buf_put_i64(&b, INT64_MIN);
	buf_put_i64(&b, INT64_MAX);
	buf_put_blob(&b, "a\0b", 3);
	buf_put_str(&b, "seven..");
	buf_put_str(&b, NULL);
	r = rd_buf(&b);
	assert_int_equal(rd_u8(&r), 255);
	assert_int_equal(rd_u32(&r), UINT32_MAX);
	assert_true(rd_i64(&r) == INT64_MIN);
	assert_true(rd_i64(&r) == INT64_MAX);
	blob = rd_blob(&r, &n);
	assert_int_equal(n, 3);
	assert_memory_equal(blob, "a\0b", 3);
	assert_int_equal(rd_end(&r), ERR_PROTOCOL);
	rd_str(&r, s, sizeof(s));
	assert_string_equal(s, "seven..");
	rd_str(&r, s, sizeof(s));
	assert_string_equal(s, "");
	assert_int_equal(rd_end(&r), ERR_NONE);
	buf_release(&b);
}

static void
cursor_never_reads_past_the_end(void **state)
{
	/* A blob that claims more than there is, on the heap for ASan. */
	unsigned char *p = malloc(7);
	struct rd r;
	size_t n = 99;

	(void)state;
	assert_non_null(p);
	memcpy(p, "\x04\0\0\0abc", 7);
	r = rd_init(p, 7);
	assert_null(rd_blob(&r, &n));
	assert_int_equal(n, 0);
	assert_int_equal(r.err, ERR_PROTOCOL);
	memcpy(p, "\xff\xff\xff\xff", 4);
	r = rd_init(p, 7);
	assert_null(rd_blob(&r, &n));
	r = rd_init(p, 3);
	assert_int_equal(rd_u32(&r), 0);
	assert_int_equal(rd_u8(&r), 0);
	assert_int_equal(rd_end(&r), ERR_PROTOCOL);
	free(p);
}

static void
empty_cursor_ends_at_once(void **state)
{
	struct buf b;
	struct rd r;

	(void)state;
	buf_init(&b, 10);
	r = rd_buf(&b);
	assert_int_equal(rd_end(&r), ERR_NONE);
	assert_int_equal(rd_i64(&r), 0);
	assert_int_equal(rd_end(&r), ERR_PROTOCOL);
}

static void
string_is_never_cut_and_always_ended(void **state)
{
	struct buf b;
	struct rd r;
	char s[4] = "xxx";

	(void)state;
	buf_init(&b, 100);
	buf_put_str(&b, "four");
	r = rd_buf(&b);
	rd_str(&r, s, sizeof(s));
	assert_string_equal(s, "");
	assert_int_equal(r.err, ERR_PROTOCOL);

	buf_reset(&b);
	buf_put_blob(&b, "a\0", 2);
	r = rd_buf(&b);
	rd_str(&r, s, sizeof(s));
	assert_string_equal(s, "");
	assert_int_equal(rd_end(&r), ERR_PROTOCOL);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grows_and_keeps_contents),
	    cmocka_unit_test(holds_exactly_its_maximum),
	    cmocka_unit_test(first_error_sticks_until_reset),
	    cmocka_unit_test(huge_reservation_does_not_wrap),
	    cmocka_unit_test(format_fills_the_last_byte_and_refuses_one_more),
	    cmocka_unit_test(consume_drops_the_front),
	    cmocka_unit_test(empty_buffer_is_an_empty_string),
	    cmocka_unit_test(reserved_room_is_the_callers),
	    cmocka_unit_test(integers_are_little_endian),
	    cmocka_unit_test(cursor_reads_back_what_was_put),
	    cmocka_unit_test(cursor_never_reads_past_the_end),
	    cmocka_unit_test(empty_cursor_ends_at_once),
	    cmocka_unit_test(string_is_never_cut_and_always_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
