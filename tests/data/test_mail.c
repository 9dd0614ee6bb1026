/* What mails say: templates and their values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "data/template.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

static const struct mail_var failed[] = {{"invoice", "INV-1"},
    {"amount", "49.90 EUR"}, {"reason", "Too little money."}, {"link", ""}};

static void
job_args(struct shop *p, char args[8192])
{
	scratch_str(
	    &p->s, args, 8192, "SELECT args FROM job ORDER BY id DESC LIMIT 1");
}

static void
every_template_can_be_sent_as_it_is_built_in(void **state)
{
	struct mail_var vars[TEMPLATE_VARS];
	const struct template_def *def;
	struct shop *p = *state;
	char args[8192];
	size_t i, n;

	OK(mail_sender_set(p->st, true, "isp.example:2222"));
	for (i = 0; (def = template_at(i)) != NULL; i++) {
		for (n = 0; n < TEMPLATE_VARS && def->vars[n] != NULL; n++)
			vars[n] = (struct mail_var) {def->vars[n], "<value>"};
		OK(mail_template_queue(
		    p->st, def->name, def->name, "a@b.c", vars, n));
		job_args(p, args);
		assert_null(strchr(args + 1, '{'));
		assert_true(n == 0 || strstr(args, "<value>") != NULL);
	}
	assert_int_equal(
	    mail_template_queue(p->st, "none", "n", "a@b.c", NULL, 0),
	    ERR_NOT_FOUND);
}

static void
a_line_without_its_value_is_left_out(void **state)
{
	struct shop *p = *state;
	char args[8192];

	OK(mail_sender_set(p->st, true, "isp.example:2222"));
	OK(mail_template_queue(
	    p->st, "autopay_failed", "n", "a@b.c", failed, 4));
	job_args(p, args);
	assert_non_null(strstr(args, "49.90 EUR for invoice INV-1.\\n"));
	assert_non_null(strstr(args, "ssh -p 2222 "));
	assert_null(strstr(args, "open this page"));
	/* No customer is at hand, so nobody is greeted by name. */
	assert_null(strstr(args, "Hello"));
	assert_non_null(strstr(args, "\"text\":\"we could not"));
}

static void
a_tenants_own_text_is_sent_instead(void **state)
{
	struct template_text t;
	struct shop *p = *state;
	char args[8192];

	OK(template_set(p->st, "autopay_failed",
	    "No money: {invoice}\n\nSay \"{reason}\" {not one} {\n"));
	OK(mail_template_queue(
	    p->st, "autopay_failed", "n", "a@b.c", failed, 4));
	job_args(p, args);
	assert_string_equal(args,
	    "{\"to\":\"a@b.c\",\"subject\":\"No money: INV-1\","
	    "\"text\":\"Say \\\"Too little money.\\\" {not one} {\\n\"}");
	OK(template_show(p->st, "autopay_failed", &t));
	assert_true(t.own);
	OK(template_reset(p->st, "autopay_failed"));
	OK(template_show(p->st, "autopay_failed", &t));
	assert_false(t.own);
}

static void
an_unknown_variable_is_named_with_those_that_fit(void **state)
{
	struct shop *p = *state;

	assert_int_equal(
	    template_set(p->st, "email_code", "s\nb {link} {code}"),
	    ERR_BAD_INPUT);
	shop_problem(p, "variable");
	assert_string_equal(store_problem(p->st)->text,
	    "{link}: {code} {brand} {support_email} {support_phone} {ssh}");
	assert_int_equal(
	    template_set(p->st, "email_code", "only a subject"), ERR_BAD_INPUT);
	shop_problem(p, "body");
	assert_int_equal(
	    template_set(p->st, "email_code", "\nno subject"), ERR_BAD_INPUT);
	shop_problem(p, "subject");
	assert_int_equal(
	    template_set(p->st, "email_code", "s\nno code"), ERR_BAD_INPUT);
	assert_string_equal(store_problem(p->st)->text, "{code} is missing.");
	shop_problem(p, "variable");
	assert_int_equal(template_set(p->st, "none", "s\nb"), ERR_NOT_FOUND);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM mail_template"), 0);
}

/* Whoever typed the address chose the name as well. */
static void
mail_to_an_unproven_address_has_no_name(void **state)
{
	static const char *const unproven[] = {"email_code", "email_taken"};
	struct shop *p = *state;

	for (size_t i = 0; i < sizeof(unproven) / sizeof(*unproven); i++) {
		assert_int_equal(
		    template_set(p->st, unproven[i], "s\nDear {name},\nb"),
		    ERR_BAD_INPUT);
		shop_problem(p, "variable");
	}
	OK(template_set(p->st, "email_changed", "s\nDear {name},\nb"));
}

static void
a_code_mail_says_until_when_it_is_of_use(void **state)
{
	const struct mail_var code = {"code", "12345678"};
	struct shop *p = *state;
	char args[8192], until[64];

	OK(mail_template_queue(p->st, "email_code", "n", "a@b.c", &code, 1));
	job_args(p, args);
	snprintf(until, sizeof(until), "\"until\":%lld}",
	    (long long)(p->s.clock.fixed + 1800));
	assert_non_null(strstr(args, until));
}

static void
a_value_brings_no_second_value_and_no_second_subject(void **state)
{
	const struct mail_var new = {"new_email", "{brand}\"\\@x"};
	struct shop *p = *state;
	char args[8192];

	OK(mail_template_queue(p->st, "email_changed", "n", "a@b.c", &new, 1));
	job_args(p, args);
	assert_non_null(strstr(args, "is now {brand}\\\"\\\\@x;"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_template_can_be_sent_as_it_is_built_in),
	    TEST(a_line_without_its_value_is_left_out),
	    TEST(a_tenants_own_text_is_sent_instead),
	    TEST(an_unknown_variable_is_named_with_those_that_fit),
	    TEST(mail_to_an_unproven_address_has_no_name),
	    TEST(a_code_mail_says_until_when_it_is_of_use),
	    TEST(a_value_brings_no_second_value_and_no_second_subject),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
