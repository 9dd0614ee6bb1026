/* What saved ways to pay are called, and when they end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "data/method_words.h"

static void
each_kind_has_a_name(void **state)
{
	static const struct {
		struct method m;
		const char *text;
	} cases[] = {
	    {{.type = "card", .brand = "Visa", .last4 = "4242"},
		"Visa ending 4242"},
	    {{.type = "card", .last4 = "4242"}, "Card ending 4242"},
	    {{.type = "sepa", .brand = "AT", .last4 = "3000"},
		"Bank account ending 3000 (AT)"},
	    {{.type = "sepa", .last4 = "3000"}, "Bank account ending 3000"},
	    {{.type = "other", .brand = "PayPal"}, "PayPal"},
	    {{.type = "other"}, "Saved method"},
	};
	char text[METHOD_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		method_text(text, &cases[i].m);
		assert_string_equal(text, cases[i].text);
	}
}

static void
a_card_is_good_until_the_last_day_of_its_month(void **state)
{
	static const struct {
		struct date today;
		int64_t expires;
		const char *text;
	} cases[] = {
	    {{2026, 5, 14}, 202604, "04/2026, expired"},
	    {{2026, 5, 31}, 202605, "05/2026, expires soon"},
	    {{2026, 6, 1}, 202605, "05/2026, expired"},
	    {{2026, 12, 1}, 202701, "01/2027, expires soon"},
	    {{2026, 12, 1}, 202702, "02/2027"},
	    {{2026, 5, 14}, 0, ""},
	};
	char text[METHOD_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct method m = {.expires = cases[i].expires};

		method_expiry(text, &m, day_from_date(cases[i].today));
		assert_string_equal(text, cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_kind_has_a_name),
	    cmocka_unit_test(a_card_is_good_until_the_last_day_of_its_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
