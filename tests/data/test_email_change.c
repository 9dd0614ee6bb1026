/* Changing one's e-mail address by a code that was mailed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/email_change.h"
#include "data/mail.h"
#include "data/settings.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, shop_teardown)
#define NEW "new@example.org"

static int
setup(void **state)
{
	int64_t login, other;
	struct shop *p;

	shop_setup(state);
	p = *state;
	OK(login_create(
	    p->st, p->customer, "old@example.net", "Demo", NULL, &login));
	OK(login_create(p->st, shop_customer(p, "other"), "other@example.net",
	    "Other", NULL, &other));
	OK(mail_sender_set(p->st, true, "isp.example:2222"));
	shop_as(p, p->customer, login);
	return 0;
}

static int64_t
mails(struct shop *p)
{
	return scratch_int(&p->s, "SELECT COUNT(*) FROM job");
}

/* The latest mail to an address. */
static void
mail_to(struct shop *p, const char *to, char args[4096])
{
	scratch_str(&p->s, args, 4096,
	    "SELECT args FROM job WHERE args LIKE '%%\"to\":\"%s\"%%' "
	    "ORDER BY id DESC LIMIT 1",
	    to);
}

/* From the latest mail to an address: the line that is only the code. */
static void
code_to(struct shop *p, const char *to, char code[EMAIL_CODE + 1])
{
	char args[4096];
	const char *at;

	mail_to(p, to, args);
	at = strstr(args, "\\n    ");
	assert_non_null(at);
	at += strlen("\\n    ");
	assert_int_equal(strspn(at, "0123456789"), EMAIL_CODE);
	snprintf(code, EMAIL_CODE + 1, "%.*s", EMAIL_CODE, at);
}

static const char *
wrong(const char *code)
{
	return strcmp(code, "00000000") == 0 ? "00000001" : "00000000";
}

static void
refused(struct shop *p, const char *code, const char *field)
{
	assert_int_equal(email_change_confirm(p->st, code), ERR_BAD_INPUT);
	shop_problem(p, field);
}

static int64_t
audited(struct shop *p, const char *result)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
	    "SELECT COUNT(*) FROM audit WHERE action = 'email' AND result = "
	    "'%s'",
	    result);
	return scratch_int(&p->s, sql);
}

static void
is_still_the_old(struct shop *p)
{
	struct login l;

	OK(login_get(p->st, &l));
	assert_string_equal(l.email, "old@example.net");
}

static void
the_code_changes_login_and_customer(void **state)
{
	char code[EMAIL_CODE + 1], typed[16], args[4096];
	struct shop *p = *state;
	struct email_change change;
	struct customer c;
	struct login l;

	OK(email_change_start(p->st, " " NEW " "));
	OK(email_change_get(p->st, &change));
	assert_string_equal(change.email, NEW);
	code_to(p, NEW, code);
	is_still_the_old(p);
	OK(customer_get(p->st, &c));
	mail_to(p, NEW, args);
	assert_null(strstr(args, c.name));
	snprintf(typed, sizeof(typed), "%.4s %s", code, code + 4);
	OK(email_change_confirm(p->st, typed));
	OK(login_get(p->st, &l));
	OK(customer_get(p->st, &c));
	assert_string_equal(l.email, NEW);
	assert_string_equal(c.email, NEW);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM login l JOIN customer c "
			       "ON c.id = l.customer WHERE l.email_fold = '" NEW
			       "' AND c.fold LIKE '%" NEW "%'"),
	    1);
	mail_to(p, "old@example.net", args);
	assert_non_null(strstr(args, NEW));
	assert_int_equal(audited(p, "ok"), 1);
	OK(email_change_get(p->st, &change));
	assert_int_equal(change.id, 0);
	/* Once. */
	refused(p, code, "");
}

static void
a_code_is_stored_as_a_hash_and_no_longer_than_needed(void **state)
{
	char code[EMAIL_CODE + 1], hash[160];
	struct shop *p = *state;

	OK(email_change_start(p->st, NEW));
	code_to(p, NEW, code);
	scratch_str(&p->s, hash, sizeof(hash), "SELECT code FROM email_change");
	assert_memory_equal(hash, "$argon2id$", 10);
	assert_null(strstr(hash, code));
	OK(email_change_confirm(p->st, code));
	scratch_str(&p->s, hash, sizeof(hash), "SELECT code FROM email_change");
	assert_string_equal(hash, "");
}

static void
somebody_elses_address_gets_the_same_answer_and_no_code(void **state)
{
	struct shop *p = *state;
	char args[4096];

	OK(email_change_start(p->st, "OTHER@example.net"));
	mail_to(p, "OTHER@example.net", args);
	assert_non_null(strstr(args, "already"));
	assert_null(strstr(args, "code"));
	refused(p, "12345678", "code");
	is_still_the_old(p);
}

static void
an_address_that_was_taken_meanwhile_is_not_given_away(void **state)
{
	char code[EMAIL_CODE + 1];
	struct shop *p = *state;
	struct email_change change;

	OK(email_change_start(p->st, NEW));
	code_to(p, NEW, code);
	scratch_sql(&p->s, "UPDATE login SET email_fold = '" NEW
			   "' WHERE email = 'other@example.net'");
	refused(p, code, "");
	is_still_the_old(p);
	/* Its code is not waited for any more. */
	OK(email_change_get(p->st, &change));
	assert_int_equal(change.id, 0);
}

static void
five_wrong_codes_end_it(void **state)
{
	char code[EMAIL_CODE + 1];
	struct shop *p = *state;

	OK(email_change_start(p->st, NEW));
	code_to(p, NEW, code);
	refused(p, "1234", "code"); /* no try: it cannot be one */
	for (int i = 1; i < EMAIL_TRIES; i++)
		refused(p, wrong(code), "code");
	refused(p, wrong(code), "");
	refused(p, code, "");
	assert_int_equal(audited(p, "wrong"), EMAIL_TRIES);
	is_still_the_old(p);
}

static void
a_code_ends_after_half_an_hour(void **state)
{
	char code[EMAIL_CODE + 1];
	struct shop *p = *state;
	struct email_change change;

	OK(email_change_start(p->st, NEW));
	code_to(p, NEW, code);
	p->s.clock.fixed += EMAIL_CODE_S;
	OK(email_change_get(p->st, &change));
	assert_int_equal(change.id, 0);
	refused(p, code, "");
	is_still_the_old(p);
}

static void
only_the_latest_code_is_good(void **state)
{
	char first[EMAIL_CODE + 1], second[EMAIL_CODE + 1];
	struct shop *p = *state;

	OK(email_change_start(p->st, NEW));
	code_to(p, NEW, first);
	OK(email_change_start(p->st, NEW));
	code_to(p, NEW, second);
	if (strcmp(first, second) != 0)
		refused(p, first, "code");
	OK(email_change_confirm(p->st, second));
}

static void
a_code_is_of_one_login(void **state)
{
	char code[EMAIL_CODE + 1];
	struct shop *p = *state;
	int64_t login, customer;

	OK(email_change_start(p->st, NEW));
	code_to(p, NEW, code);
	shop_system(p);
	OK(login_find(p->st, "other@example.net", &login, &customer));
	shop_as(p, customer, login);
	refused(p, code, "");
}

static void
five_mails_an_hour_are_enough(void **state)
{
	struct shop *p = *state;

	for (int i = 0; i < EMAIL_CODES_HOUR; i++)
		OK(email_change_start(p->st, NEW));
	assert_int_equal(email_change_start(p->st, NEW), ERR_BAD_INPUT);
	shop_problem(p, "email");
	assert_int_equal(mails(p), EMAIL_CODES_HOUR);
	p->s.clock.fixed += 3600;
	OK(email_change_start(p->st, NEW));
}

static void
what_is_no_new_address_is_named(void **state)
{
	static const char *const bad[] = {
	    "", "nobody", "a@b>,<c@d", "old@example.net"};
	struct shop *p = *state;

	OK(email_change_start(p->st, "old@example.net"));
	scratch_sql(&p->s, "UPDATE customer SET email = 'old@example.net'; "
			   "DELETE FROM job; DELETE FROM email_change");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(
		    email_change_start(p->st, bad[i]), ERR_BAD_INPUT);
		shop_problem(p, "email");
	}
	assert_int_equal(mails(p), 0);
}

static void
without_the_right_or_mail_nothing_happens(void **state)
{
	struct shop *p = *state;
	struct identity was = *store_identity(p->st);

	shop_system(p);
	OK(mail_sender_set(p->st, false, ""));
	store_become(p->st, &was);
	assert_int_equal(email_change_start(p->st, NEW), ERR_BAD_INPUT);
	shop_problem(p, "");
	shop_system(p);
	OK(mail_sender_set(p->st, true, ""));
	OK(setting_set(p->st, "profile.email", "view"));
	store_become(p->st, &was);
	assert_int_equal(email_change_start(p->st, NEW), ERR_DENIED);
	assert_int_equal(mails(p), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(the_code_changes_login_and_customer),
	    TEST(a_code_is_stored_as_a_hash_and_no_longer_than_needed),
	    TEST(somebody_elses_address_gets_the_same_answer_and_no_code),
	    TEST(an_address_that_was_taken_meanwhile_is_not_given_away),
	    TEST(five_wrong_codes_end_it),
	    TEST(a_code_ends_after_half_an_hour),
	    TEST(only_the_latest_code_is_good),
	    TEST(a_code_is_of_one_login),
	    TEST(five_mails_an_hour_are_enough),
	    TEST(what_is_no_new_address_is_named),
	    TEST(without_the_right_or_mail_nothing_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
