/* Editing one's profile and changing one's password. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/auth.h"
#include "data/settings.h"
#include "data/tenant.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, shop_teardown)

static int
setup(void **state)
{
	struct shop *p;
	int64_t login;

	shop_setup(state);
	p = *state;
	OK(login_create(p->st, p->customer, "demo@example.net", "Demo",
	    "right one", &login));
	shop_as(p, p->customer, login);
	return 0;
}

static struct customer
get(struct shop *p)
{
	struct customer c;

	OK(customer_get(p->st, &c));
	return c;
}

static void
set(struct shop *p, const char *key, const char *value)
{
	struct identity was = *store_identity(p->st);

	shop_system(p);
	OK(setting_set(p->st, key, value));
	store_become(p->st, &was);
}

static void
what_may_be_edited_is_changed(void **state)
{
	struct shop *p = *state;
	struct customer c = get(p);

	strcpy(c.name, "Zoë 請求");
	strcpy(c.phone, "+353 1 234-5678");
	strcpy(c.street, "2 Low Street");
	strcpy(c.country, "at");
	OK(profile_update(p->st, &c));
	c = get(p);
	assert_string_equal(c.name, "Zoë 請求");
	assert_string_equal(c.phone, "+353 1 234-5678");
	assert_string_equal(c.street, "2 Low Street");
	assert_string_equal(c.country, "AT");
	assert_int_equal(
	    scratch_int(&p->s,
		"SELECT COUNT(*) FROM audit "
		"WHERE action = 'profile' AND actor = 'demo@example.net'"),
	    1);
	/* Nothing new is nothing done. */
	OK(profile_update(p->st, &c));
	assert_int_equal(
	    scratch_int(
		&p->s, "SELECT COUNT(*) FROM audit WHERE action = 'profile'"),
	    1);
}

static void
what_may_not_be_edited_is_denied(void **state)
{
	struct shop *p = *state;
	struct customer before = get(p), c = before;

	strcpy(c.email, "thief@example.net");
	assert_int_equal(profile_update(p->st, &c), ERR_DENIED);
	c = before;
	strcpy(c.vat_id, "IE1");
	assert_int_equal(profile_update(p->st, &c), ERR_DENIED);
	set(p, "profile.phone", "view");
	c = before;
	strcpy(c.street, "allowed");
	strcpy(c.phone, "123");
	assert_int_equal(profile_update(p->st, &c), ERR_DENIED);
	/* Not even by halves. */
	assert_string_equal(get(p).street, before.street);
	set(p, "profile.vat_id", "edit");
	c = before;
	strcpy(c.vat_id, "ie 1234567t");
	OK(profile_update(p->st, &c));
	assert_string_equal(get(p).vat_id, "IE 1234567T");
	assert_string_equal(get(p).email, before.email);
}

static void
bad_fields_are_named(void **state)
{
	struct shop *p = *state;
	struct customer before = get(p), c;

	c = before;
	strcpy(c.name, "  ");
	assert_int_equal(profile_update(p->st, &c), ERR_BAD_INPUT);
	shop_problem(p, "name");
	c = before;
	strcpy(c.phone, "call me");
	assert_int_equal(profile_update(p->st, &c), ERR_BAD_INPUT);
	shop_problem(p, "phone");
	c = before;
	strcpy(c.country, "1A");
	assert_int_equal(profile_update(p->st, &c), ERR_BAD_INPUT);
	shop_problem(p, "country");
	assert_string_equal(get(p).name, before.name);
}

static void
hostile_bytes_are_dropped(void **state)
{
	struct shop *p = *state;
	struct customer c = get(p);

	strcpy(c.name, "a\x1b[31m\xe2\x80\xae"
		       "b\xff");
	OK(profile_update(p->st, &c));
	assert_string_equal(get(p).name, "a[31mb\xef\xbf\xbd");
}

static void
login_is_ones_own(void **state)
{
	struct shop *p = *state;
	struct login l;

	OK(login_get(p->st, &l));
	assert_string_equal(l.email, "demo@example.net");
	assert_string_equal(l.name, "Demo");
	shop_as(p, p->customer, 4711);
	assert_int_equal(login_get(p->st, &l), ERR_NOT_FOUND);
}

static enum auth_result
log_in(struct shop *p, const char *password)
{
	struct identity was = *store_identity(p->st);
	struct auth a;

	store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
	OK(auth_password(
	    p->st, "portal", "demo@example.net", password, "203.0.113.9", &a));
	store_become(p->st, &was);
	return a.result;
}

static void
new_password_replaces_the_old(void **state)
{
	struct shop *p = *state;

	OK(password_change(p->st, "right one", "another one"));
	assert_int_equal(log_in(p, "right one"), AUTH_WRONG);
	assert_int_equal(log_in(p, "another one"), AUTH_OK);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM audit "
			       "WHERE action = 'password' AND result = 'ok'"),
	    1);
}

static void
bad_passwords_are_refused_at_their_field(void **state)
{
	static char large[PASSWORD_MAX + 2];
	static const struct {
		const char *old, *new, *field;
	} bad[] = {
	    {"left one", "another one", "old"},
	    {"", "another one", "old"},
	    {"right one", "short", "new"},
	    {"right one", "right one", "new"},
	    {"right one", large, "new"},
	    {large, "another one", "old"},
	};
	struct shop *p = *state;

	memset(large, 'x', sizeof(large) - 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(password_change(p->st, bad[i].old, bad[i].new),
		    ERR_BAD_INPUT);
		shop_problem(p, bad[i].field);
	}
	assert_int_equal(log_in(p, "right one"), AUTH_OK);
}

static void
guessing_the_old_password_is_slowed_down(void **state)
{
	struct shop *p = *state;

	for (int i = 0; i < 3; i++)
		assert_int_equal(password_change(p->st, "guess", "another one"),
		    ERR_BAD_INPUT);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT failures FROM throttle"), 3);
	/* Now even the right one has to wait, but not for long. */
	assert_int_equal(
	    password_change(p->st, "right one", "another one"), ERR_BAD_INPUT);
	assert_non_null(strstr(store_problem(p->st)->text, "wait"));
	p->s.clock.fixed += 2;
	OK(password_change(p->st, "right one", "another one"));
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM throttle"), 0);
	assert_int_equal(scratch_int(&p->s,
			     "SELECT COUNT(*) FROM audit "
			     "WHERE action = 'password' AND result = 'wrong'"),
	    3);
}

static void
customers_are_found_by_number_and_address(void **state)
{
	struct shop *p = *state;
	struct customer c;

	shop_system(p);
	OK(customer_find(p->st, "10-00001", &c));
	assert_int_equal(c.id, p->customer);
	OK(customer_find(p->st, "DEMO@example.net", &c));
	assert_int_equal(c.id, p->customer);
	assert_int_equal(
	    customer_find(p->st, "x@example.net", &c), ERR_NOT_FOUND);
	assert_int_equal(customer_find(p->st, "10-99999", &c), ERR_NOT_FOUND);
	shop_customer(p, "two");
	OK(customer_find(p->st, "10-00002", &c));
	assert_string_equal(c.name, "two");
}

static void
a_number_given_by_hand_is_passed_over(void **state)
{
	struct shop *p = *state;
	struct customer hand = {.number = "10-00002", .name = "by hand"};
	struct customer next = {.name = "next"};

	shop_system(p);
	strcpy(hand.email, "hand@example.net");
	strcpy(next.email, "next@example.net");
	OK(customer_create(p->st, &hand));
	OK(customer_create(p->st, &next));
	assert_string_equal(next.number, "10-00003");
}

static void
bad_customers_are_refused(void **state)
{
	struct shop *p = *state;
	struct customer c = {.name = "x", .email = "nonsense"};

	shop_system(p);
	assert_int_equal(customer_create(p->st, &c), ERR_BAD_INPUT);
	shop_problem(p, "email");
	strcpy(c.email, "x\xe2\x80\xae@example.net"); /* not x@example.net */
	assert_int_equal(customer_create(p->st, &c), ERR_BAD_INPUT);
	shop_problem(p, "email");
	strcpy(c.email, "x@example.net");
	strcpy(c.state, "asleep");
	assert_int_equal(customer_create(p->st, &c), ERR_BAD_INPUT);
	shop_problem(p, "state");
	c.state[0] = '\0';
	strcpy(c.number, "10-00001");
	assert_int_equal(customer_create(p->st, &c), ERR_BAD_INPUT);
	shop_problem(p, "number");
	assert_int_equal(
	    customer_set_state(p->st, 4711, "active"), ERR_NOT_FOUND);
}

static void
news_come_newest_first(void **state)
{
	struct shop *p = *state;
	struct news *list;
	char title[32];
	size_t n;

	shop_system(p);
	for (int i = 0; i < 40; i++) {
		snprintf(title, sizeof(title), "News %d", i);
		OK(news_create(p->st, 1000 + i / 2, title, "Body"));
	}
	shop_as(p, p->customer, 0);
	OK(news_list(p->st, 35, &list, &n));
	assert_int_equal(n, 35);
	assert_string_equal(list[0].title, "News 39");
	assert_string_equal(list[34].title, "News 5");
	free(list);
	OK(news_list(p->st, 100, &list, &n));
	assert_int_equal(n, 40);
	free(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_may_be_edited_is_changed),
	    TEST(what_may_not_be_edited_is_denied),
	    TEST(bad_fields_are_named),
	    TEST(hostile_bytes_are_dropped),
	    TEST(login_is_ones_own),
	    TEST(new_password_replaces_the_old),
	    TEST(bad_passwords_are_refused_at_their_field),
	    TEST(guessing_the_old_password_is_slowed_down),
	    TEST(customers_are_found_by_number_and_address),
	    TEST(a_number_given_by_hand_is_passed_over),
	    TEST(bad_customers_are_refused),
	    TEST(news_come_newest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
