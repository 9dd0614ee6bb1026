/* Services that run on the balance: arithmetic, and who may be which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/prepaid.h"
#include "tests/data/fixture.h"

#define OK(call) assert_int_equal((call), ERR_NONE)

static void
days_are_whole_and_rounded_down_after_multiplying(void **state)
{
	(void)state;
	assert_int_equal(prepaid_days(4990, 4990), 30);
	assert_int_equal(prepaid_days(2000, 4990), 12);
	assert_int_equal(prepaid_days(166, 4990), 0);
	assert_int_equal(prepaid_days(167, 4990), 1);
	assert_int_equal(prepaid_days(0, 4990), 0);
	assert_int_equal(prepaid_days(-5000, 4990), 0);
	assert_int_equal(
	    prepaid_days(9000000000000000000, 9000000000000000000), 30);
	assert_int_equal(prepaid_days(INT64_MAX, 1), PREPAID_MOST);
}

static void
a_topup_buys_what_is_not_owed_and_counts_with_the_rest(void **state)
{
	(void)state;
	/* 1.60 alone is no day; with 0.10 that is there it is one. */
	assert_int_equal(prepaid_buys(0, 0, 160, 4990), 0);
	assert_int_equal(prepaid_buys(10, 0, 160, 4990), 1);
	assert_int_equal(prepaid_buys(2000, 0, 2500, 4990), 15);
	assert_int_equal(prepaid_buys(0, 17130, 20000, 4990), 17);
	assert_int_equal(prepaid_buys(0, 17130, 10000, 4990), 0);
	assert_int_equal(prepaid_buys(INT64_MAX, 0, 1, 4990), 0);
}

static void
a_month_is_the_gross_price_of_what_runs(void **state)
{
	struct service list[] = {
	    {.status = "Active",
		.price = 4158,
		.tax_rate = 2000,
		.prepaid = true},
	    {.status = "Online",
		.price = 375,
		.tax_rate = 2000,
		.prepaid = true},
	    {.status = "Paused", .price = 9999, .prepaid = true},
	    {.status = "Inactive", .price = 9999, .prepaid = true},
	    {.status = "Active", .price = 9999},
	};
	int64_t monthly = -1;

	(void)state;
	OK(prepaid_monthly(list, 2, &monthly));
	assert_int_equal(monthly, 4158 + 832 + 375 + 75);
	OK(prepaid_monthly(list, 5, &monthly));
	assert_int_equal(monthly, 4158 + 832 + 375 + 75);
	OK(prepaid_monthly(NULL, 0, &monthly));
	assert_int_equal(monthly, 0);
}

static bool
is_prepaid(struct fixture *f, enum who who)
{
	struct identity id = fixture_identity(f, who, ROLE_CUSTOMER);
	struct service *list = NULL;
	size_t n = 0;
	bool on;

	store_become(f->scratch.st, &id);
	OK(service_list(f->scratch.st, &list, &n));
	assert_int_equal(n, 1);
	on = list[0].prepaid;
	free(list);
	return on;
}

static void
become_provider(struct fixture *f)
{
	struct identity id = {
	    .tenant = f->of[WHO_ANNA].tenant, .role = ROLE_SYSTEM};

	store_become(f->scratch.st, &id);
}

static void
it_is_turned_on_and_off_for_one_customers_service(void **state)
{
	struct fixture *f = *state;
	const struct holding *anna = &f->of[WHO_ANNA];
	struct store *st = f->scratch.st;

	for (int on = 0; on < 4; on++) {
		become_provider(f);
		OK(prepaid_set(st, anna->customer, anna->service, on % 2));
		assert_int_equal(is_prepaid(f, WHO_ANNA), on % 2);
		assert_true(is_prepaid(f, WHO_BERT));
	}
}

static void
another_customers_service_is_not_found(void **state)
{
	struct fixture *f = *state;

	become_provider(f);
	assert_int_equal(prepaid_set(f->scratch.st, f->of[WHO_ANNA].customer,
			     f->of[WHO_BERT].service, false),
	    ERR_NOT_FOUND);
	assert_true(is_prepaid(f, WHO_BERT));
}

static int
setup(void **state)
{
	static struct fixture f;

	fixture_open(&f);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	fixture_release(*state);
	return 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_are_whole_and_rounded_down_after_multiplying),
	    cmocka_unit_test(
		a_topup_buys_what_is_not_owed_and_counts_with_the_rest),
	    cmocka_unit_test(a_month_is_the_gross_price_of_what_runs),
	    T(it_is_turned_on_and_off_for_one_customers_service),
	    T(another_customers_service_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
