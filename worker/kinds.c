/*
 * Kinds of jobs: what does them, and how often and for how long it is tried.
 */
#include "worker/worker.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

const struct kind kinds[] = {
    {
	/* It gives up by itself, and tells the customer. */
	.name = "checkout.open",
	.start = checkout_open_start,
	.limit_s = 5 * MINUTE,
	.give_up_s = DAY,
	.pause_s = 5,
	.pause_max_s = MINUTE,
    },
    {
	.name = "checkout.expire",
	.start = checkout_expire_start,
	.limit_s = 5 * MINUTE,
	.give_up_s = DAY,
	.pause_s = 10,
	.pause_max_s = HOUR,
    },
    {
	.name = "mail",
	.start = mail_start,
	.limit_s = 3 * MINUTE,
	.give_up_s = 2 * DAY,
	.pause_s = MINUTE,
	.pause_max_s = 4 * HOUR,
	.at_once = 10, /* servers take few connections of one client */
    },
};
const size_t nkinds = sizeof(kinds) / sizeof(kinds[0]);
