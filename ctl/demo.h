/*
 * The demo provider, in parts.  All of it stands relative to today, so that it
 * looks alive on any day.
 */
#ifndef CTL_DEMO_H
#define CTL_DEMO_H

#include "ctl/ctl.h"

struct demo_customer {
	const char *tenant;
	struct customer customer;
	const char *login;    /* e-mail, or NULL */
	const char *password; /* or NULL: none */
	enum {
		DEMO_NO_BILLING,
		DEMO_FULL,    /* the customer everybody looks at */
		DEMO_BLOCKED, /* owes, and is blocked for it */
		DEMO_PAYS,    /* some invoices, all paid in time */
	} billing;
	const char *plan;    /* name, or NULL */
	const char *service; /* what the service is called */
	const char *voice;   /* what the voice service is called, or NULL */
	int months;          /* of invoices */
};

extern const struct demo_customer demo_customers[];
extern const size_t demo_customers_count;

/* The tenant's row, its settings, plans and news; acts as it afterwards. */
enum err demo_tenant(struct ctl *c, const char *name);
/* The plan of a tenant by its name, as made by demo_tenant(). */
struct plan;
enum err demo_plan(struct ctl *c, const char *name, struct plan *out);

enum err demo_billing(
    struct ctl *c, const struct demo_customer *who, int64_t customer);
enum err demo_services(
    struct ctl *c, const struct demo_customer *who, int64_t customer);
enum err demo_tickets(struct ctl *c, int64_t customer);

#endif
