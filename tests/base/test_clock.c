/* Civil days, zones and their texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"

static int64_t
day(int y, int m, int d)
{
	return day_from_date((struct date) {y, m, d});
}

static void
fixed_clock_stands_still(void **state)
{
	struct clock clock = {.fixed = 1778232660};
	struct clock real = {0};

	(void)state;
	assert_true(clock_now(&clock) == 1778232660);
	assert_true(clock_now(&real) >= 1700000000);
	assert_true(clock_now(NULL) >= 1700000000);
}

static void
mono_never_goes_back(void **state)
{
	int64_t last = clock_mono_ms(), now;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		now = clock_mono_ms();
		assert_true(now >= last);
		last = now;
	}
}

static void
days_agree_with_the_c_library(void **state)
{
	struct date got;
	struct tm tm;
	int64_t d;
	time_t t;

	(void)state;
	/* Every day from 1583 to 2600. */
	for (d = -141350; d < 230200; d++) {
		t = (time_t)d * 86400;
		assert_non_null(gmtime_r(&t, &tm));
		got = date_from_day(d);
		assert_int_equal(got.year, tm.tm_year + 1900);
		assert_int_equal(got.month, tm.tm_mon + 1);
		assert_int_equal(got.day, tm.tm_mday);
		assert_true(day_from_date(got) == d);
	}
}

static void
days_of_no_calendar_are_clamped(void **state)
{
	char text[DATE_SIZE];

	(void)state;
	day_iso(text, INT64_MAX);
	assert_string_equal(text, "9999-12-31");
	day_iso(text, INT64_MIN);
	assert_string_equal(text, "0000-01-01");
	instant_iso(text, INT64_MAX);
	assert_memory_equal(text, "9999-12-31T", 11);
	instant_text(text, INT64_MIN, "Europe/Vienna");
	assert_memory_equal(text, "1 Jan 0 ", 8);
}

static void
date_valid_knows_leap_years(void **state)
{
	(void)state;
	assert_true(date_valid((struct date) {2024, 2, 29}));
	assert_true(date_valid((struct date) {2000, 2, 29}));
	assert_false(date_valid((struct date) {1900, 2, 29}));
	assert_false(date_valid((struct date) {2026, 2, 29}));
	assert_false(date_valid((struct date) {2026, 4, 31}));
	assert_false(date_valid((struct date) {2026, 0, 1}));
	assert_false(date_valid((struct date) {2026, 13, 1}));
	assert_false(date_valid((struct date) {2026, 1, 0}));
	assert_false(date_valid((struct date) {0, 1, 1}));
}

static void
months_end_on_their_last_day(void **state)
{
	(void)state;
	assert_true(day_add_months(day(2026, 1, 31), 1) == day(2026, 2, 28));
	assert_true(day_add_months(day(2024, 1, 31), 1) == day(2024, 2, 29));
	assert_true(day_add_months(day(2026, 1, 15), 12) == day(2027, 1, 15));
	assert_true(day_add_months(day(2026, 1, 31), -2) == day(2025, 11, 30));
	assert_true(day_add_months(day(2026, 12, 1), 1) == day(2027, 1, 1));
	assert_true(day_add_months(day(2026, 5, 8), 0) == day(2026, 5, 8));
	assert_true(
	    day_add_months(day(2026, 5, 8), INT32_MAX) == day(9999, 12, 31));
}

static void
day_belongs_to_the_zone(void **state)
{
	/* 2026-05-07T22:30:00Z */
	int64_t t = day(2026, 5, 7) * 86400 + 22 * 3600 + 1800;

	(void)state;
	assert_true(day_of_instant(t, "UTC") == day(2026, 5, 7));
	assert_true(day_of_instant(t, "Europe/Vienna") == day(2026, 5, 8));
	assert_true(day_of_instant(t, "America/New_York") == day(2026, 5, 7));
	assert_true(day_of_instant(t, "Asia/Tokyo") == day(2026, 5, 8));
	assert_true(day_of_instant(t, "Europe/Vienna") == day(2026, 5, 8));
	assert_true(day_of_instant(-1, "UTC") == -1);
}

static void
unknown_zone_counts_as_utc(void **state)
{
	(void)state;
	assert_true(day_of_instant(86399, "Nowhere/Atall") == 0);
	assert_true(day_of_instant(86400, "../../etc/passwd") == 1);
	assert_true(day_of_instant(86400, NULL) == 1);
	assert_true(day_start(1, "Nowhere/Atall") == 86400);
}

static void
day_starts_at_local_midnight(void **state)
{
	(void)state;
	assert_true(
	    day_start(day(2026, 5, 8), "UTC") == day(2026, 5, 8) * 86400);
	assert_true(day_start(day(2026, 5, 8), "Europe/Vienna") ==
		    day(2026, 5, 7) * 86400 + 22 * 3600);
	assert_true(day_start(day(2026, 1, 8), "Europe/Vienna") ==
		    day(2026, 1, 7) * 86400 + 23 * 3600);
	assert_true(day_start(day(2026, 1, 8), "Asia/Kathmandu") ==
		    day(2026, 1, 7) * 86400 + 18 * 3600 + 900);
}

static void
day_starts_even_where_midnight_does_not_exist(void **state)
{
	/* Santiago skipped 00:00 to 01:00 on 2025-09-07 (from UTC-4). */
	int64_t t = day_start(day(2025, 9, 7), "America/Santiago");

	(void)state;
	assert_true(t == day(2025, 9, 7) * 86400 + 4 * 3600);
	assert_true(day_of_instant(t, "America/Santiago") == day(2025, 9, 7));
	assert_true(
	    day_of_instant(t - 1, "America/Santiago") == day(2025, 9, 6));
	/* Samoa had no 30 December 2011. */
	assert_true(day_start(day(2011, 12, 30), "Pacific/Apia") ==
		    day_start(day(2011, 12, 31), "Pacific/Apia"));
}

static void
every_day_of_a_year_starts_where_the_last_ends(void **state)
{
	static const char *const zones[] = {"Europe/Vienna", "Asia/Beirut",
	    "America/Havana", "Australia/Lord_Howe", "UTC"};
	int64_t d, t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		for (d = day(2025, 1, 1); d < day(2026, 1, 1); d++) {
			t = day_start(d, zones[i]);
			assert_true(day_of_instant(t, zones[i]) == d);
			assert_true(day_of_instant(t - 1, zones[i]) == d - 1);
		}
}

static void
zone_names_cannot_lead_elsewhere(void **state)
{
	static const char *const bad[] = {"", "/", "/etc/localtime", ":UTC",
	    "../zoneinfo/UTC", "Europe/../Europe/Vienna", "Europe//Vienna",
	    "Europe/", "Europe", "Europe/Vienna\n", "CET-1CEST", "zone.tab",
	    "Europe/Atlantis", "<+03>-3", "/usr/share/zoneinfo/Europe/Vienna"};
	char endless[5000];
	size_t i;

	(void)state;
	memset(endless, 'A', sizeof(endless));
	endless[sizeof(endless) - 1] = '\0';
	assert_false(zone_valid(endless));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(zone_valid(bad[i]));
	assert_false(zone_valid(NULL));
	assert_true(zone_valid("UTC"));
	assert_true(zone_valid("Europe/Vienna"));
	assert_true(zone_valid("America/Argentina/Buenos_Aires"));
	assert_true(zone_valid("Etc/GMT+3"));
}

static void
utc_leaves_the_zone_in_use(void **state)
{
	(void)state;
	day_of_instant(0, "Europe/Vienna");
	assert_string_equal(getenv("TZ"), "Europe/Vienna");
	day_of_instant(0, "UTC");
	day_of_instant(0, "Nowhere/Atall");
	assert_string_equal(getenv("TZ"), "Europe/Vienna");
}

static void
texts_for_machines_and_people(void **state)
{
	int64_t d = day(2026, 5, 8), t = d * 86400 + 9 * 3600 + 31 * 60;
	char text[DATE_SIZE];

	(void)state;
	day_iso(text, d);
	assert_string_equal(text, "2026-05-08");
	instant_iso(text, t);
	assert_string_equal(text, "2026-05-08T09:31:00Z");
	instant_iso(text, -1);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
	day_text(text, d);
	assert_string_equal(text, "8 May 2026");
	day_text_short(text, d);
	assert_string_equal(text, "8 May");
	instant_text(text, t, "UTC");
	assert_string_equal(text, "8 May 2026 09:31");
	instant_text(text, t, "Europe/Vienna");
	assert_string_equal(text, "8 May 2026 11:31");
	instant_text(text, t, "Asia/Kathmandu");
	assert_string_equal(text, "8 May 2026 15:16");
}

static void
parse_takes_iso_dates_only(void **state)
{
	static const char *const bad[] = {"", "2026", "2026-5-8", "2026-05-8",
	    "2026-05-08 ", " 2026-05-08", "2026-02-29", "2026-13-01",
	    "2026-00-10", "2026/05/08", "20260508", "-026-05-08", "2026-05-0x",
	    "2026-05-081", "0000-01-01"};
	int64_t d = 77;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(day_parse(bad[i], &d));
	assert_true(d == 77);
	assert_true(day_parse("2026-05-08", &d));
	assert_true(d == day(2026, 5, 8));
	assert_true(day_parse("2024-02-29", &d));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fixed_clock_stands_still),
	    cmocka_unit_test(mono_never_goes_back),
	    cmocka_unit_test(days_agree_with_the_c_library),
	    cmocka_unit_test(days_of_no_calendar_are_clamped),
	    cmocka_unit_test(date_valid_knows_leap_years),
	    cmocka_unit_test(months_end_on_their_last_day),
	    cmocka_unit_test(day_belongs_to_the_zone),
	    cmocka_unit_test(unknown_zone_counts_as_utc),
	    cmocka_unit_test(day_starts_at_local_midnight),
	    cmocka_unit_test(day_starts_even_where_midnight_does_not_exist),
	    cmocka_unit_test(every_day_of_a_year_starts_where_the_last_ends),
	    cmocka_unit_test(zone_names_cannot_lead_elsewhere),
	    cmocka_unit_test(utc_leaves_the_zone_in_use),
	    cmocka_unit_test(texts_for_machines_and_people),
	    cmocka_unit_test(parse_takes_iso_dates_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
