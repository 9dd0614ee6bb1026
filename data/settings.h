/*
 * Settings of a tenant that decide what its customers see.  Keys, types and
 * defaults are the rows below; anything else in the table is ignored.
 */
#ifndef DATA_SETTINGS_H
#define DATA_SETTINGS_H

#include "data/store.h"

/* clang-format off */
/* Tabs and overview blocks can be hidden one by one: "tabs", "blocks" are
 * lists of words ("overview,services"). */
#define TAB_LIST(X) \
	X(OVERVIEW, "overview") X(SERVICES, "services") X(BILLING, "billing") \
	X(TICKETS, "tickets") X(PROFILE, "profile")
#define BLOCK_LIST(X) \
	X(SUMMARY, "summary") X(INVOICES, "invoices") X(SERVICES, "services") \
	X(TICKETS, "tickets") X(ACTIVITY, "activity") X(SUBSCRIPTIONS, "subscriptions") \
	X(PAYMENTS, "payments") X(METHODS, "methods") X(NEWS, "news") X(CONTACT, "contact")
#define TICKET_COLUMN_LIST(X) \
	X(ID, "id") X(SUBJECT, "subject") X(PRIORITY, "priority") X(STATUS, "status") \
	X(GROUP, "group") X(TYPE, "type") X(ASSIGNED, "assigned_to") \
	X(CREATED, "created") X(UPDATED, "updated")
#define PROFILE_FIELD_LIST(X) \
	X(NAME, "name") X(EMAIL, "email") X(PHONE, "phone") X(STREET, "street") \
	X(POSTCODE, "postcode") X(CITY, "city") X(COUNTRY, "country") X(VAT, "vat_id")
/* clang-format on */

#define X(n, w) TAB_##n,
enum tab { TAB_LIST(X) TAB_COUNT };
#undef X
#define X(n, w) BLOCK_##n,
enum block { BLOCK_LIST(X) BLOCK_COUNT };
#undef X
#define X(n, w) TICKET_COLUMN_##n,
enum ticket_column { TICKET_COLUMN_LIST(X) TICKET_COLUMN_COUNT };
#undef X
#define X(n, w) PROFILE_FIELD_##n,
enum profile_field { PROFILE_FIELD_LIST(X) PROFILE_FIELD_COUNT };
#undef X

enum right { RIGHT_HIDDEN, RIGHT_VIEW, RIGHT_EDIT };

enum { RETRY_DAYS = 8 };

struct settings {
	unsigned tabs;   /* bit per enum tab;    key "tabs" */
	unsigned blocks; /* bit per enum block;  key "blocks" */
	/* key "ticket_columns": shown columns, in the tenant's order */
	enum ticket_column ticket_columns[TICKET_COLUMN_COUNT];
	size_t ticket_columns_n;
	/* keys "profile.name" … = hidden|view|edit; e-mail is changed by a
	 * mailed code (email_change.h) */
	enum right profile[PROFILE_FIELD_COUNT];
	bool show_next_payment; /* OV3, "show_next_payment" */
	bool show_suspension;   /* OV4, "show_suspension" */
	int suspend_after_days; /* "suspend_after_days", from the due date */
	char pay_how[321];      /* "pay_how": how to pay instead (PM2) */
	char pay_ask[161];      /* "pay_ask": whom to ask */
	char welcome[321];      /* "welcome": one line on the overview, or "" */
	bool autopay;           /* "autopay": may customers turn it on? */
	/* key "autopay_retry_days": days after the due date, growing */
	int autopay_retries[RETRY_DAYS];
	size_t autopay_retries_n;
};

/* The tenant's; what is not set has its default. */
enum err settings_load(struct store *st, struct settings *out);
/* Checks key and value; ERR_BAD_INPUT with a problem that lists what fits. */
enum err setting_set(struct store *st, const char *key, const char *value);
/* Every key in turn and its default; NULL after the last. */
const char *setting_key(size_t i, const char **fallback);
const char *ticket_column_word(enum ticket_column c);
const char *profile_field_word(enum profile_field f);

#endif
