/* Days on the balance, and which services run on it. */
#include "data/prepaid.h"

#include <string.h>

#include "data/txn.h"

enum { RATE_WHOLE = 10000 };

bool
prepaid_runs(const struct service *s)
{
	return s->prepaid && (strcmp(s->status, "Active") == 0 ||
				 strcmp(s->status, "Online") == 0);
}

enum err
prepaid_monthly(const struct service *list, size_t n, int64_t *out)
{
	int64_t sum = 0, tax;
	enum err err = ERR_NONE;

	for (size_t i = 0; i < n && err == ERR_NONE; i++) {
		if (!prepaid_runs(&list[i]))
			continue;
		err = money_mul_div(
		    list[i].price, list[i].tax_rate, RATE_WHOLE, &tax);
		if (err == ERR_NONE)
			err = money_add(sum, list[i].price, &sum);
		if (err == ERR_NONE)
			err = money_add(sum, tax, &sum);
	}
	if (err == ERR_NONE)
		*out = sum;
	return err;
}

int64_t
prepaid_days(int64_t money, int64_t monthly)
{
	__int128 days = (__int128)money * PREPAID_MONTH / monthly;

	return days < 0              ? 0
	       : days > PREPAID_MOST ? PREPAID_MOST
				     : (int64_t)days;
}

int64_t
prepaid_buys(int64_t credit, int64_t owed, int64_t topup, int64_t monthly)
{
	int64_t left = topup > owed ? topup - owed : 0, both;

	if (money_add(credit, left, &both) != ERR_NONE)
		return 0;
	return prepaid_days(both, monthly) - prepaid_days(credit, monthly);
}

enum err
prepaid_set(struct store *st, int64_t customer, int64_t service, bool on)
{
	struct query q;
	struct txn txn;
	bool found = false;
	enum err err;

	if ((err = txn_begin(&txn, st, customer)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_PREPAID_SERVICE);
	query_bind_int(&q, service);
	while (query_row(&q))
		found = true;
	err = query_end(&q);
	if (err == ERR_NONE && !found)
		err = ERR_NOT_FOUND;
	if (err == ERR_NONE) {
		q = query_begin(st, SQL_PREPAID_SET);
		query_bind_int(&q, service);
		query_bind_int(&q, on);
		err = query_run(&q, NULL);
	}
	if (err == ERR_NONE)
		store_changed(st, customer, TOPIC_SERVICES);
	return txn_end(&txn, err);
}
