/* Generated customers are like entered ones, only many. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ctl/init.h"
#include "tests/data/scratch.h"

enum { MANY = 260 }; /* more than a transaction's worth */

static void
generate(struct scratch *s, bool demo, int64_t n)
{
	struct ctl c = {.clock = {.fixed = INT64_C(20587) * 86400}};
	struct tenant t = {.name = "own",
	    .brand = "Own",
	    .currency = "EUR",
	    .zone = "Europe/Vienna"};

	scratch_open(s);
	s->clock = c.clock;
	c.st = s->st;
	if (demo) {
		assert_int_equal(demo_fill(&c), ERR_NONE);
	} else {
		ctl_become(&c, 0, 0);
		assert_int_equal(tenant_create(c.st, &t), ERR_NONE);
		c.tenant = t;
		ctl_become(&c, t.id, 0);
	}
	assert_int_equal(generate_customers(&c, n), ERR_NONE);
}

static void
each_has_two_years_of_invoices_and_no_password(void **state)
{
	struct scratch s;

	(void)state;
	generate(&s, false, MANY);
	assert_int_equal(
	    scratch_int(&s, "SELECT COUNT(*) FROM customer"), MANY);
	assert_int_equal(
	    scratch_int(&s, "SELECT COUNT(*) FROM (SELECT "
			    "customer FROM invoice GROUP BY "
			    "customer HAVING COUNT(*) = 24) AS of_24"),
	    MANY);
	assert_int_equal(scratch_int(&s, "SELECT COUNT(*) FROM login"), MANY);
	assert_int_equal(scratch_int(&s, "SELECT COUNT(*) FROM login "
					 "WHERE password <> ''"),
	    0);
	assert_int_equal(scratch_int(&s, "SELECT COUNT(DISTINCT email_fold) "
					 "FROM login"),
	    MANY);
	scratch_release(&s);
}

/* Copies are what entering would have made. */
static void
books_agree(const struct scratch *s)
{
	/* numbers without gaps, each once, with the year of its day */
	assert_int_equal(
	    scratch_int(s,
		"SELECT COUNT(*) FROM (SELECT tenant, "
		"COUNT(DISTINCT number) AS n, MAX(CAST(substr(number, 10) AS "
		"INTEGER)) AS last FROM invoice GROUP BY tenant) AS i JOIN "
		"counter c USING (tenant) WHERE series = 'invoice' AND (n <> "
		"last OR "
		"c.next <> n + 1)"),
	    0);
	assert_int_equal(
	    scratch_int(s,
		"SELECT COUNT(*) FROM (SELECT tenant, "
		"COUNT(DISTINCT receipt) AS n, MAX(CAST(substr(receipt, 10) AS "
		"INTEGER)) AS last FROM payment WHERE receipt IS NOT NULL "
		"GROUP BY tenant) AS p JOIN counter c "
		"USING (tenant) WHERE series = 'receipt' AND (n <> last OR "
		"c.next <> n + 1)"),
	    0);
	assert_int_equal(
	    scratch_int(
		s, scratch_on_postgresql()
		       ? "SELECT COUNT(*) FROM invoice WHERE "
			 "substr(number, 5, 4) <> to_char(DATE '1970-01-01' + "
			 "CAST(issued_on AS INTEGER), 'YYYY')"
		       : "SELECT COUNT(*) FROM invoice WHERE "
			 "substr(number, 5, 4) <> "
			 "strftime('%Y', issued_on * 86400, 'unixepoch')"),
	    0);
	/* totals are those of lines and taxes */
	assert_int_equal(
	    scratch_int(s,
		"SELECT COUNT(*) FROM invoice i WHERE "
		"net <> (SELECT SUM(net) FROM invoice_line l WHERE l.invoice = "
		"i.id AND l.customer = i.customer) OR tax <> (SELECT SUM(tax) "
		"FROM invoice_tax t WHERE t.invoice = i.id AND t.customer = "
		"i.customer) OR total <> net + tax"),
	    0);
	/* the ledger names this customer's papers and ends at the balance */
	assert_int_equal(
	    scratch_int(s,
		"SELECT COUNT(*) FROM ledger l WHERE "
		"kind = 'invoice' AND reference <> (SELECT number FROM invoice "
		"i "
		"WHERE i.id = l.invoice AND i.customer = l.customer)"),
	    0);
	assert_int_equal(
	    scratch_int(s,
		"SELECT COUNT(*) FROM ledger l WHERE "
		"kind = 'payment' AND reference <> (SELECT receipt FROM "
		"payment p "
		"WHERE p.id = l.payment AND p.customer = l.customer)"),
	    0);
	assert_int_equal(
	    scratch_int(s,
		"SELECT COUNT(*) FROM customer c WHERE "
		"(SELECT SUM(debit - credit) FROM ledger WHERE customer = "
		"c.id) <> "
		"(SELECT SUM(balance) FROM invoice_state WHERE customer = "
		"c.id) - "
		"(SELECT COALESCE(SUM(unapplied), 0) FROM payment_state WHERE "
		"customer = c.id)"),
	    0);
	/* papers name their own buyer */
	assert_int_equal(
	    scratch_int(s,
		"SELECT COUNT(*) FROM invoice i JOIN "
		"buyer b ON b.id = i.buyer JOIN customer c ON c.id = "
		"i.customer "
		"WHERE b.number <> c.number OR "
		"substr(b.body, 1, length(c.name)) <> c.name"),
	    0);
	if (!scratch_on_postgresql()) /* which has checked them itself */
		assert_int_equal(
		    scratch_int(
			s, "SELECT COUNT(*) FROM pragma_foreign_key_check"),
		    0);
	assert_int_equal(scratch_int(s, "SELECT MAX(at) <= 20587 * 86400 "
					"FROM payment"),
	    1);
}

static void
books_agree_beside_the_demo(void **state)
{
	struct scratch s;

	(void)state;
	generate(&s, true, MANY);
	books_agree(&s);
	/* of twenty, five owe something */
	assert_int_equal(
	    scratch_int(&s,
		"SELECT COUNT(DISTINCT customer) "
		"FROM invoice_state WHERE balance > 0 AND customer IN (SELECT "
		"customer FROM login WHERE email LIKE 'c0%')"),
	    MANY / 4);
	scratch_release(&s);
}

static void
the_same_number_gives_the_same_customers(void **state)
{
	static const char sum[] = "SELECT SUM(total * id) FROM invoice";
	struct scratch a, b;

	(void)state;
	generate(&a, false, 40);
	generate(&b, false, 40);
	assert_int_equal(scratch_int(&a, sum), scratch_int(&b, sum));
	scratch_release(&a);
	scratch_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_has_two_years_of_invoices_and_no_password),
	    cmocka_unit_test(books_agree_beside_the_demo),
	    cmocka_unit_test(the_same_number_gives_the_same_customers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
