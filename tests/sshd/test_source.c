/*
 * The listener's limits per source, its penalties, and handing them over.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sshd/source.h"

enum { ALL = 6, EACH = 2 };

static struct source_key
key_of(const char *text)
{
	struct source_key key;

	assert_true(source_parse(text, &key));
	return key;
}

static enum source_verdict
admit(const struct sources *s, const char *text, int64_t now)
{
	struct source_key key = key_of(text);

	return sources_admit(s, &key, ALL, EACH, now);
}

static uint32_t
enter(struct sources *s, const char *text)
{
	struct source_key key = key_of(text);
	uint32_t id = 0;

	assert_int_equal(sources_enter(s, &key, &id), ERR_NONE);
	return id;
}

static void
one_source_has_its_limit(void **state)
{
	struct sources s;

	(void)state;
	sources_init(&s);
	enter(&s, "192.0.2.1");
	assert_int_equal(admit(&s, "192.0.2.1", 0), SOURCE_WELCOME);
	enter(&s, "192.0.2.1");
	assert_int_equal(admit(&s, "192.0.2.1", 0), SOURCE_MANY);
	assert_int_equal(admit(&s, "192.0.2.2", 0), SOURCE_WELCOME);
	sources_release(&s);
}

static void
a_network_of_ipv6_is_one_source(void **state)
{
	struct sources s;

	(void)state;
	sources_init(&s);
	enter(&s, "2001:db8:1:2::1");
	enter(&s, "2001:db8:1:2:ffff::9");
	assert_int_equal(admit(&s, "2001:db8:1:2:1::5", 0), SOURCE_MANY);
	assert_int_equal(admit(&s, "2001:db8:1:3::1", 0), SOURCE_WELCOME);
	sources_release(&s);
}

static void
mapped_ipv4_is_the_ipv4_source(void **state)
{
	struct source_key a = key_of("::ffff:192.0.2.1");
	struct source_key b = key_of("192.0.2.1");

	(void)state;
	assert_memory_equal(&a, &b, sizeof(a));
}

static void
all_sources_have_a_limit(void **state)
{
	struct sources s;
	char text[16] = "192.0.2.0";

	(void)state;
	sources_init(&s);
	for (text[8] = '1'; text[8] <= '0' + ALL; text[8]++)
		enter(&s, text);
	assert_int_equal(admit(&s, "192.0.2.99", 0), SOURCE_FULL);
	sources_release(&s);
}

static void
who_logged_in_counts_no_more(void **state)
{
	struct sources s;
	uint32_t id;

	(void)state;
	sources_init(&s);
	id = enter(&s, "192.0.2.1");
	enter(&s, "192.0.2.1");
	sources_find(&s, id)->counted = false;
	assert_int_equal(admit(&s, "192.0.2.1", 0), SOURCE_WELCOME);
	sources_release(&s);
}

static void
who_left_counts_no_more(void **state)
{
	struct sources s;
	uint32_t first, second;

	(void)state;
	sources_init(&s);
	first = enter(&s, "192.0.2.1");
	second = enter(&s, "192.0.2.1");
	sources_leave(&s, first);
	assert_null(sources_find(&s, first));
	assert_non_null(sources_find(&s, second));
	assert_int_equal(admit(&s, "192.0.2.1", 0), SOURCE_WELCOME);
	sources_leave(&s, first); /* twice does no harm */
	assert_non_null(sources_find(&s, second));
	sources_release(&s);
}

static void
a_crash_shuts_its_source_out_for_a_while(void **state)
{
	struct source_key key = key_of("192.0.2.1");
	struct sources s;

	(void)state;
	sources_init(&s);
	sources_penalise(&s, &key, 1000);
	assert_int_equal(admit(&s, "192.0.2.1", 1000 + 29999), SOURCE_BAD);
	assert_int_equal(admit(&s, "192.0.2.2", 1000), SOURCE_WELCOME);
	assert_int_equal(admit(&s, "192.0.2.1", 1000 + 30000), SOURCE_WELCOME);
	sources_release(&s);
}

static void
penalties_double_up_to_an_hour(void **state)
{
	struct source_key key = key_of("192.0.2.1");
	struct sources s;
	int i;

	(void)state;
	sources_init(&s);
	sources_penalise(&s, &key, 0);
	sources_penalise(&s, &key, 0);
	assert_int_equal(s.npenalties, 1);
	assert_int_equal(s.penalties[0].until, 60 * 1000);
	for (i = 0; i < 40; i++)
		sources_penalise(&s, &key, 0);
	assert_int_equal(s.penalties[0].until, 60 * 60 * 1000);
	sources_release(&s);
}

static void
penalties_take_bounded_memory(void **state)
{
	struct sources s;
	char text[32];
	int i;

	(void)state;
	sources_init(&s);
	for (i = 0; i < 3 * SOURCE_PENALTIES; i++) {
		struct source_key key;

		snprintf(text, sizeof(text), "10.0.%d.%d", i / 250, i % 250);
		key = key_of(text);
		sources_penalise(&s, &key, i);
	}
	assert_int_equal(s.npenalties, SOURCE_PENALTIES);
	assert_int_equal(admit(&s, text, i), SOURCE_BAD);
	sources_release(&s);
}

static void
a_successor_goes_on_counting(void **state)
{
	struct sources before, after;
	struct source_key key = key_of("198.51.100.1");
	struct buf b;
	struct rd r;
	uint32_t id, authed;

	(void)state;
	sources_init(&before);
	sources_init(&after);
	id = enter(&before, "192.0.2.1");
	authed = enter(&before, "192.0.2.7");
	sources_find(&before, authed)->counted = false;
	sources_penalise(&before, &key, 0);
	buf_init(&b, 4096);
	sources_put(&b, &before);
	r = rd_buf(&b);
	assert_int_equal(sources_get(&r, &after), ERR_NONE);
	assert_int_equal(rd_end(&r), ERR_NONE);
	assert_non_null(sources_find(&after, id));
	assert_null(sources_find(&after, authed));
	assert_int_equal(admit(&after, "198.51.100.1", 1), SOURCE_BAD);
	assert_true(enter(&after, "192.0.2.9") > authed);
	sources_release(&before);
	sources_release(&after);
	buf_release(&b);
}

static void
a_cut_book_is_refused(void **state)
{
	struct sources before, after;
	struct buf b;
	struct rd r;
	size_t n;

	(void)state;
	sources_init(&before);
	sources_init(&after);
	enter(&before, "192.0.2.1");
	buf_init(&b, 4096);
	sources_put(&b, &before);
	for (n = 0; n < b.len; n++) {
		r = rd_init(b.data, n);
		assert_int_not_equal(sources_get(&r, &after), ERR_NONE);
	}
	sources_release(&before);
	sources_release(&after);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_source_has_its_limit),
	    cmocka_unit_test(a_network_of_ipv6_is_one_source),
	    cmocka_unit_test(mapped_ipv4_is_the_ipv4_source),
	    cmocka_unit_test(all_sources_have_a_limit),
	    cmocka_unit_test(who_logged_in_counts_no_more),
	    cmocka_unit_test(who_left_counts_no_more),
	    cmocka_unit_test(a_crash_shuts_its_source_out_for_a_while),
	    cmocka_unit_test(penalties_double_up_to_an_hour),
	    cmocka_unit_test(penalties_take_bounded_memory),
	    cmocka_unit_test(a_successor_goes_on_counting),
	    cmocka_unit_test(a_cut_book_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
