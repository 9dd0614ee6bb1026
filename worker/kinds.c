/*
 * Kinds of jobs: what does them, and how often and for how long it is tried.
 * Somebody is looking on while the first ones run.  at_once adds up to
 * TASKS_MAX.
 */
#include "worker/worker.h"

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

const struct kind kinds[] = {
    {
	/* It gives up by itself, and tells the customer. */
	.name = "checkout.open",
	.start = checkout_open_start,
	.limit_s = 5 * MINUTE,
	.pause_s = 5,
	.pause_max_s = MINUTE,
	.at_once = 140,
    },
    {
	.name = "autopay.look",
	.start = autopay_look_start,
	.limit_s = MINUTE,
	.give_up_s = HOUR,
	.pause_s = 5,
	.pause_max_s = MINUTE,
	.at_once = 10,
    },
    {
	.name = "checkout.expire",
	.start = checkout_expire_start,
	.limit_s = 5 * MINUTE,
	.give_up_s = DAY,
	.pause_s = 10,
	.pause_max_s = HOUR,
	.at_once = 20,
    },
    {
	.name = "method.detach",
	.start = method_detach_start,
	.limit_s = 2 * MINUTE,
	.give_up_s = 7 * DAY,
	.pause_s = 10,
	.pause_max_s = HOUR,
	.at_once = 10,
    },
    {
	.name = "method.default",
	.start = method_default_start,
	.limit_s = 2 * MINUTE,
	.give_up_s = DAY,
	.pause_s = 10,
	.pause_max_s = HOUR,
	.at_once = 10,
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
