/* What is sent to Stripe, and what comes back in its metadata. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "worker/stripe.h"

static struct checkout
checkout_of(size_t ninvoices)
{
	struct checkout c = {.tenant = 1,
	    .customer = 7,
	    .id = 12,
	    .token = "0123456789ABCDEF",
	    .purpose = CHECKOUT_FOR_INVOICES,
	    .currency = "EUR",
	    .ninvoices = ninvoices};
	size_t i;

	for (i = 0; i < ninvoices; i++) {
		c.invoices[i].invoice = 1000000000000000000 + (int64_t)i;
		c.invoices[i].amount = 4500;
		c.amount += 4500;
		snprintf(c.invoices[i].number, sizeof(c.invoices[i].number),
		    "2026/%zu", i + 1);
	}
	return c;
}

static void
expect_form(struct buf *form, const char *text)
{
	assert_int_equal(form->err, ERR_NONE);
	assert_string_equal(buf_str(form), text);
	buf_reset(form);
}

static void
values_cannot_add_parameters(void **state)
{
	struct buf form;

	(void)state;
	buf_init(&form, STRIPE_FORM_MAX);
	form_text(&form, "a&b=c+d %\xc3\xa9[]", "metadata[%s]", "k");
	expect_form(&form, "metadata[k]=a%26b%3Dc%2Bd%20%25%C3%A9%5B%5D");
	form_text(&form, "x", "metadata[%s]", "a=1&b");
	expect_form(&form, "metadata[a%3D1%26b]=x");
	form_int(&form, -1, "line_items[%zu][quantity]", (size_t)3);
	form_int(&form, 2, "b");
	expect_form(&form, "line_items[3][quantity]=-1&b=2");
	buf_release(&form);
}

static void
a_session_has_a_line_for_each_invoice(void **state)
{
	struct checkout c = checkout_of(2);
	struct buf form;

	(void)state;
	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_session(
	    &form, &c, "de_AT.UTF-8", "https://pay.example.net", 1779000000);
	expect_form(&form,
	    "mode=payment"
	    "&success_url=https%3A%2F%2Fpay.example.net%2Fthanks%3Ft%3D"
	    "0123456789ABCDEF"
	    "&cancel_url=https%3A%2F%2Fpay.example.net%2Fcancelled%3Ft%3D"
	    "0123456789ABCDEF"
	    "&expires_at=1779000000&locale=de"
	    "&line_items[0][price_data][currency]=eur"
	    "&line_items[0][price_data][unit_amount]=4500"
	    "&line_items[0][price_data][product_data][name]=2026%2F1"
	    "&line_items[0][quantity]=1"
	    "&line_items[1][price_data][currency]=eur"
	    "&line_items[1][price_data][unit_amount]=4500"
	    "&line_items[1][price_data][product_data][name]=2026%2F2"
	    "&line_items[1][quantity]=1"
	    "&metadata[portal_tenant]=1&metadata[portal_customer]=7"
	    "&metadata[portal_checkout]=12"
	    "&metadata[portal_token]=0123456789ABCDEF"
	    "&metadata[portal_invoices]=1000000000000000000%2C"
	    "1000000000000000001"
	    "&payment_intent_data[metadata][portal_tenant]=1"
	    "&payment_intent_data[metadata][portal_customer]=7"
	    "&payment_intent_data[metadata][portal_checkout]=12"
	    "&payment_intent_data[metadata][portal_token]=0123456789ABCDEF"
	    "&payment_intent_data[metadata][portal_invoices]="
	    "1000000000000000000%2C1000000000000000001");
	buf_release(&form);
}

static void
a_link_of_many_invoices_is_one_line(void **state)
{
	struct checkout c = checkout_of(21);
	struct buf form;

	(void)state;
	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_link(&form, &c);
	assert_int_equal(form.err, ERR_NONE);
	assert_non_null(strstr(buf_str(&form), "[unit_amount]=94500&"));
	assert_non_null(strstr(buf_str(&form), "[name]=21%20invoices&"));
	assert_null(strstr(buf_str(&form), "line_items[1]"));
	assert_non_null(strstr(
	    buf_str(&form), "&restrictions[completed_sessions][limit]=1&"));
	buf_release(&form);
}

static void
an_amount_that_stripe_cannot_say_is_an_error(void **state)
{
	struct checkout c = checkout_of(1);
	struct buf form;

	(void)state;
	strcpy(c.currency, "MGA"); /* two digits here, none there */
	c.amount = c.invoices[0].amount = 150;
	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_link(&form, &c);
	assert_int_equal(form.err, ERR_BAD_INPUT);
	buf_release(&form);
}

static void
parts_that_stripe_cannot_say_are_one_line(void **state)
{
	struct checkout c = checkout_of(2);
	struct buf form;

	(void)state;
	strcpy(c.currency, "MGA");
	c.invoices[0].amount = 150;
	c.invoices[1].amount = 50;
	c.amount = 200;
	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_link(&form, &c);
	assert_int_equal(form.err, ERR_NONE);
	assert_non_null(strstr(buf_str(&form), "[unit_amount]=2&"));
	assert_null(strstr(buf_str(&form), "line_items[1]"));
	buf_release(&form);
}

/* The metadata of a form, as Stripe would give it back. */
static json_t *
metadata_of(const char *form)
{
	json_t *out = json_object();
	const char *p = form, *eq, *end;
	char key[64], value[2048];
	size_t n;

	while ((p = strstr(p, "&metadata[")) != NULL) {
		p += strlen("&metadata[");
		eq = strchr(p, ']');
		snprintf(key, sizeof(key), "%.*s", (int)(eq - p), p);
		end = strchr(eq, '&');
		for (n = 0, eq += 2; eq < end && *eq != '\0'; n++) {
			value[n] = *eq == '%' ? ',' : *eq;
			eq += *eq == '%' ? 3 : 1;
		}
		value[n] = '\0';
		assert_in_range(n, 1, 500);
		json_object_set_new(out, key, json_string(value));
	}
	return out;
}

static void
metadata_names_all_invoices_in_values_that_fit(void **state)
{
	struct checkout c = checkout_of(CHECKOUT_INVOICES);
	struct checkout_meta meta;
	struct buf form;
	json_t *metadata;
	size_t i;

	(void)state;
	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_session(&form, &c, "en", "https://p", 1);
	assert_int_equal(form.err, ERR_NONE);
	metadata = metadata_of(buf_str(&form));
	assert_int_equal(json_object_size(metadata), 4 + 4);
	checkout_meta_read(&meta, metadata);
	assert_int_equal(meta.tenant, 1);
	assert_int_equal(meta.customer, 7);
	assert_int_equal(meta.checkout, 12);
	assert_string_equal(meta.token, c.token);
	assert_int_equal(meta.ninvoices, CHECKOUT_INVOICES);
	for (i = 0; i < meta.ninvoices; i++)
		assert_int_equal(meta.invoices[i], c.invoices[i].invoice);
	json_decref(metadata);
	buf_release(&form);
}

static void
strange_metadata_says_nothing(void **state)
{
	static const char *const strange[] = {"{}", "[]",
	    "{\"portal_tenant\":1}", "{\"portal_tenant\":\"-1\"}",
	    "{\"portal_tenant\":\"1x\"}", "{\"portal_tenant\":\" 1\"}",
	    "{\"portal_tenant\":\"99999999999999999999\"}",
	    "{\"portal_token\":\"0123456789ABCDEF0\"}",
	    "{\"portal_invoices\":\",1\"}", "{\"portal_invoices\":\"x\"}"};
	struct checkout_meta meta, none;
	json_t *json;
	size_t i;

	(void)state;
	memset(&none, 0, sizeof(none));
	for (i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		json = json_loads(strange[i], 0, NULL);
		checkout_meta_read(&meta, json);
		assert_memory_equal(&meta, &none, sizeof(meta));
		json_decref(json);
	}
	checkout_meta_read(&meta, NULL);
	assert_memory_equal(&meta, &none, sizeof(meta));
}

static void
only_ids_go_into_paths(void **state)
{
	char big[200];

	(void)state;
	assert_true(stripe_id_valid("cs_test_a1B2", "cs_"));
	assert_false(stripe_id_valid("cs_test/../x", "cs_"));
	assert_false(stripe_id_valid("cs_test?x", "cs_"));
	assert_false(stripe_id_valid("pi_1", "cs_"));
	assert_false(stripe_id_valid("", "cs_"));
	memset(big, 'a', sizeof(big));
	memcpy(big, "cs_", 3);
	big[129] = '\0';
	assert_false(stripe_id_valid(big, "cs_"));
	big[128] = '\0';
	assert_true(stripe_id_valid(big, "cs_"));
}

static void
languages_are_those_that_stripe_knows(void **state)
{
	static const struct {
		const char *locale, *stripe;
	} rows[] = {{"de_AT.UTF-8", "de"}, {"en_GB.UTF-8", "en-GB"},
	    {"en_US", "en"}, {"pt_BR", "pt-BR"}, {"pt_PT@euro", "pt"},
	    {"fil_PH", "fil"}, {"fi_FI", "fi"}, {"zh_TW", "zh-TW"}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(
		    stripe_locale(rows[i].locale), rows[i].stripe);
	assert_null(stripe_locale("C.UTF-8"));
	assert_null(stripe_locale(""));
	assert_null(stripe_locale("a_locale_that_has_no_end"));
}

static void
a_page_that_saves_a_method_takes_no_money(void **state)
{
	struct checkout c = checkout_of(0);
	struct buf form;

	(void)state;
	c.purpose = CHECKOUT_FOR_SETUP;
	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_setup(&form, &c, "cus_1", "de_AT.UTF-8",
	    "https://pay.example.net", 1779000000);
	expect_form(&form,
	    "mode=setup"
	    "&success_url=https%3A%2F%2Fpay.example.net%2Fthanks%3Ft%3D"
	    "0123456789ABCDEF"
	    "&cancel_url=https%3A%2F%2Fpay.example.net%2Fcancelled%3Ft%3D"
	    "0123456789ABCDEF"
	    "&expires_at=1779000000&locale=de&customer=cus_1&currency=eur"
	    "&metadata[portal_tenant]=1&metadata[portal_customer]=7"
	    "&metadata[portal_checkout]=12"
	    "&metadata[portal_token]=0123456789ABCDEF"
	    "&setup_intent_data[metadata][portal_tenant]=1"
	    "&setup_intent_data[metadata][portal_customer]=7"
	    "&setup_intent_data[metadata][portal_checkout]=12"
	    "&setup_intent_data[metadata][portal_token]=0123456789ABCDEF");
	buf_release(&form);
}

static void
a_charge_needs_nobody(void **state)
{
	struct checkout c = checkout_of(1);
	struct buf form;

	(void)state;
	c.invoices[0].invoice = 5;
	buf_init(&form, STRIPE_FORM_MAX);
	checkout_form_charge(&form, &c, "cus_1", "pm_1");
	expect_form(&form,
	    "amount=4500&currency=eur&customer=cus_1&payment_method=pm_1"
	    "&off_session=true&confirm=true"
	    "&automatic_payment_methods[enabled]=true"
	    "&automatic_payment_methods[allow_redirects]=never"
	    "&metadata[portal_tenant]=1&metadata[portal_customer]=7"
	    "&metadata[portal_checkout]=12"
	    "&metadata[portal_token]=0123456789ABCDEF"
	    "&metadata[portal_invoices]=5");
	buf_release(&form);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_cannot_add_parameters),
	    cmocka_unit_test(a_session_has_a_line_for_each_invoice),
	    cmocka_unit_test(a_link_of_many_invoices_is_one_line),
	    cmocka_unit_test(an_amount_that_stripe_cannot_say_is_an_error),
	    cmocka_unit_test(parts_that_stripe_cannot_say_are_one_line),
	    cmocka_unit_test(metadata_names_all_invoices_in_values_that_fit),
	    cmocka_unit_test(strange_metadata_says_nothing),
	    cmocka_unit_test(only_ids_go_into_paths),
	    cmocka_unit_test(languages_are_those_that_stripe_knows),
	    cmocka_unit_test(a_page_that_saves_a_method_takes_no_money),
	    cmocka_unit_test(a_charge_needs_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
