/* Settings: defaults, what each key takes, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/settings.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

static struct settings
load(struct shop *p)
{
	struct settings s;

	shop_as(p, p->customer, 0);
	OK(settings_load(p->st, &s));
	shop_system(p);
	return s;
}

static void
defaults_show_everything(void **state)
{
	struct settings s = load(*state);

	assert_int_equal(s.tabs, (1u << TAB_COUNT) - 1);
	assert_int_equal(s.blocks, (1u << BLOCK_COUNT) - 1);
	assert_true(s.ticket_columns_n > 0);
	assert_true(s.show_next_payment);
	assert_true(s.show_suspension);
	assert_int_equal(s.suspend_after_days, 14);
	assert_true(s.autopay);
	assert_int_equal(s.autopay_retries_n, 3);
	assert_int_equal(s.autopay_retries[1], 5);
	assert_int_equal(s.profile[PROFILE_FIELD_EMAIL], RIGHT_EDIT);
	assert_int_equal(s.profile[PROFILE_FIELD_PHONE], RIGHT_EDIT);
	assert_string_not_equal(s.pay_how, "");
}

static void
every_key_can_be_set(void **state)
{
	static const struct {
		const char *key, *value;
	} good[] = {
	    {"tabs", "overview,billing"},
	    {"blocks", "invoices, contact"},
	    {"ticket_columns", "updated,id,assigned_to"},
	    {"show_next_payment", "no"},
	    {"show_suspension", "no"},
	    {"suspend_after_days", "30"},
	    {"pay_how", "Cash, please."},
	    {"pay_ask", "office@example.net"},
	    {"welcome", "Hello"},
	    {"autopay", "off"},
	    {"autopay_retry_days", "1, 14,30"},
	    {"profile.name", "view"},
	    {"profile.email", "hidden"},
	    {"profile.phone", "view"},
	    {"profile.street", "hidden"},
	    {"profile.postcode", "hidden"},
	    {"profile.city", "hidden"},
	    {"profile.country", "hidden"},
	    {"profile.vat_id", "edit"},
	};
	struct shop *p = *state;
	struct settings s;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		OK(setting_set(p->st, good[i].key, good[i].value));
	s = load(p);
	assert_int_equal(s.tabs, 1u << TAB_OVERVIEW | 1u << TAB_BILLING);
	assert_int_equal(s.blocks, 1u << BLOCK_INVOICES | 1u << BLOCK_CONTACT);
	assert_int_equal(s.ticket_columns_n, 3);
	assert_int_equal(s.ticket_columns[0], TICKET_COLUMN_UPDATED);
	assert_int_equal(s.ticket_columns[1], TICKET_COLUMN_ID);
	assert_int_equal(s.ticket_columns[2], TICKET_COLUMN_ASSIGNED);
	assert_false(s.show_next_payment);
	assert_false(s.show_suspension);
	assert_int_equal(s.suspend_after_days, 30);
	assert_string_equal(s.pay_how, "Cash, please.");
	assert_string_equal(s.pay_ask, "office@example.net");
	assert_string_equal(s.welcome, "Hello");
	assert_false(s.autopay);
	assert_int_equal(s.autopay_retries_n, 3);
	assert_int_equal(s.autopay_retries[0], 1);
	assert_int_equal(s.autopay_retries[2], 30);
	assert_int_equal(s.profile[PROFILE_FIELD_NAME], RIGHT_VIEW);
	assert_int_equal(s.profile[PROFILE_FIELD_EMAIL], RIGHT_HIDDEN);
	assert_int_equal(s.profile[PROFILE_FIELD_VAT], RIGHT_EDIT);
	OK(setting_set(p->st, "welcome", ""));
	OK(setting_set(p->st, "autopay_retry_days", ""));
	assert_string_equal(load(p).welcome, "");
	assert_int_equal(load(p).autopay_retries_n, 0);
}

static void
what_does_not_fit_is_refused_with_what_does(void **state)
{
	static const struct {
		const char *key, *value, *field, *says;
	} bad[] = {
	    {"tabz", "x", "key", "ticket_columns"},
	    {"", "x", "key", "tabs"},
	    {"tabs", "", "value", "overview"},
	    {"tabs", "overview,shop", "value", "overview"},
	    {"tabs", "overview,overview", "value", "overview"},
	    {"ticket_columns", "colour", "value", "priority"},
	    {"show_suspension", "maybe", "value", "yes or no"},
	    {"suspend_after_days", "-1", "value", "days"},
	    {"suspend_after_days", "99999", "value", "days"},
	    {"autopay", "yes", "value", "on or off"},
	    {"autopay_retry_days", "5,3", "value", "growing"},
	    {"autopay_retry_days", "3,3", "value", "growing"},
	    {"autopay_retry_days", "0", "value", "growing"},
	    {"autopay_retry_days", "3 days", "value", "growing"},
	    {"autopay_retry_days", "999", "value", "growing"},
	    {"autopay_retry_days", "1,2,3,4,5,6,7,8,9", "value", "growing"},
	    {"profile.name", "delete", "value", "hidden"},
	    {"profile.email", "delete", "value", "hidden"},
	};
	struct shop *p = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(setting_set(p->st, bad[i].key, bad[i].value),
		    ERR_BAD_INPUT);
		shop_problem(p, bad[i].field);
		assert_non_null(
		    strstr(store_problem(p->st)->text, bad[i].says));
	}
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM setting"), 0);
}

static void
stored_nonsense_falls_back_to_the_default(void **state)
{
	struct shop *p = *state;

	scratch_sql(&p->s, "INSERT INTO setting VALUES (1, 'tabs', 'bad'), "
			   "(1, 'profile.email', 'bad'), (1, 'unknown', 'x')");
	assert_int_equal(load(p).tabs, (1u << TAB_COUNT) - 1);
	assert_int_equal(load(p).profile[PROFILE_FIELD_EMAIL], RIGHT_EDIT);
}

static void
sessions_may_not_set(void **state)
{
	struct shop *p = *state;

	shop_as(p, p->customer, 0);
	assert_int_equal(setting_set(p->st, "welcome", "x"), ERR_DENIED);
	shop_system(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(defaults_show_everything),
	    TEST(every_key_can_be_set),
	    TEST(what_does_not_fit_is_refused_with_what_does),
	    TEST(stored_nonsense_falls_back_to_the_default),
	    TEST(sessions_may_not_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
