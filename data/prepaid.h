/*
 * Services that run on the balance: credit that no invoice has taken yet lasts
 * so many days, and a top-up buys more of them.
 */
#ifndef DATA_PREPAID_H
#define DATA_PREPAID_H

#include "data/service.h"

enum {
	PREPAID_MONTH = 30,   /* days that a monthly price counts for */
	PREPAID_MOST = 36500, /* days that are counted */
};

/* Does it use the balance up?  Only what is Active or Online does. */
bool prepaid_runs(const struct service *s);
/* What the prepaid ones among these cost a month together, with tax; 0:
 * nothing uses the balance up. */
enum err prepaid_monthly(const struct service *list, size_t n, int64_t *out);
/* Whole days that money lasts, rounded down; monthly > 0. */
int64_t prepaid_days(int64_t money, int64_t monthly);
/*
 * Days that a top-up adds to what credit lasts already.  owed of it settles
 * invoices first, which buys nothing.
 */
int64_t prepaid_buys(
    int64_t credit, int64_t owed, int64_t topup, int64_t monthly);

/* System.  Fine also when it is so already.  ERR_NOT_FOUND: not the customer's.
 */
enum err prepaid_set(
    struct store *st, int64_t customer, int64_t service, bool on);

#endif
