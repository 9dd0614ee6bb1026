/* The listings: a row here is a screen, a command and a file. */
#include "data/listing.h"

#include <string.h>

#include "base/i18n.h"

/* clang-format off */
#define COLUMN(k, t, ty, s) \
	{ .key = (k), .title = (t), .type = (ty), .show = (s) }
/* Money that moved one way or the other: a zero says nothing. */
#define MOVEMENT(k, t, s) \
	{ .key = (k), .title = (t), .type = COLUMN_MONEY, .show = (s), \
	  .blank_zero = true }

static const struct column invoice_columns[] = {
	COLUMN("number",   N_("Invoice"),  COLUMN_TEXT,     SHOW_ALWAYS),
	COLUMN("issued",   N_("Issued"),   COLUMN_DAY,      SHOW_WIDE),
	COLUMN("due",      N_("Due"),      COLUMN_DAY,      SHOW_ALWAYS),
	COLUMN("total",    N_("Total"),    COLUMN_MONEY,    SHOW_WIDE),
	COLUMN("balance",  N_("Balance"),  COLUMN_MONEY,    SHOW_ALWAYS),
	COLUMN("currency", N_("Currency"), COLUMN_CURRENCY, SHOW_WIDE),
	COLUMN("status",   N_("Status"),   COLUMN_WORD,     SHOW_ALWAYS),
	COLUMN("overdue",  N_("Overdue"),  COLUMN_BOOL,     SHOW_DATA),
};

static const struct column proforma_columns[] = {
	COLUMN("number",   N_("Proforma"), COLUMN_TEXT,     SHOW_ALWAYS),
	COLUMN("issued",   N_("Issued"),   COLUMN_DAY,      SHOW_WIDE),
	COLUMN("due",      N_("Due"),      COLUMN_DAY,      SHOW_ALWAYS),
	COLUMN("total",    N_("Total"),    COLUMN_MONEY,    SHOW_ALWAYS),
	COLUMN("currency", N_("Currency"), COLUMN_CURRENCY, SHOW_WIDE),
	COLUMN("status",   N_("Status"),   COLUMN_WORD,     SHOW_ALWAYS),
};

static const struct column credit_note_columns[] = {
	COLUMN("number",   N_("Credit note"), COLUMN_TEXT,     SHOW_ALWAYS),
	COLUMN("issued",   N_("Issued"),      COLUMN_DAY,      SHOW_WIDE),
	COLUMN("invoice",  N_("Invoice"),     COLUMN_TEXT,     SHOW_WIDE),
	COLUMN("total",    N_("Total"),       COLUMN_MONEY,    SHOW_ALWAYS),
	COLUMN("currency", N_("Currency"),    COLUMN_CURRENCY, SHOW_WIDE),
	COLUMN("status",   N_("Status"),      COLUMN_WORD,     SHOW_ALWAYS),
};

static const struct column payment_columns[] = {
	COLUMN("date",      N_("Date"),      COLUMN_TIME,     SHOW_ALWAYS),
	COLUMN("amount",    N_("Amount"),    COLUMN_MONEY,    SHOW_ALWAYS),
	COLUMN("currency",  N_("Currency"),  COLUMN_CURRENCY, SHOW_WIDE),
	COLUMN("status",    N_("Status"),    COLUMN_WORD,     SHOW_ALWAYS),
	COLUMN("reference", N_("Reference"), COLUMN_TEXT,     SHOW_WIDE),
	COLUMN("invoice",   N_("Invoice"),   COLUMN_TEXT,     SHOW_WIDE),
	COLUMN("receipt",   N_("Receipt"),   COLUMN_TEXT,     SHOW_VERY_WIDE),
	COLUMN("invoices",  N_("Invoices"),  COLUMN_LIST,     SHOW_DATA),
};

static const struct column transaction_columns[] = {
	COLUMN("date",        N_("Date"),        COLUMN_DAY,      SHOW_ALWAYS),
	COLUMN("description", N_("Description"), COLUMN_TEXT,     SHOW_ALWAYS),
	MOVEMENT("debit",     N_("Debit"),       SHOW_WIDE),
	MOVEMENT("credit",    N_("Credit"),      SHOW_WIDE),
	COLUMN("balance",     N_("Balance"),     COLUMN_MONEY,    SHOW_ALWAYS),
	COLUMN("currency",    N_("Currency"),    COLUMN_CURRENCY, SHOW_WIDE),
};

static const struct column method_columns[] = {
	COLUMN("type",    N_("Type"),    COLUMN_WORD, SHOW_WIDE),
	COLUMN("brand",   N_("Brand"),   COLUMN_TEXT, SHOW_ALWAYS),
	COLUMN("last4",   N_("Ending"),  COLUMN_TEXT, SHOW_ALWAYS),
	COLUMN("expires", N_("Expires"), COLUMN_TEXT, SHOW_ALWAYS),
	COLUMN("default", N_("Default"), COLUMN_BOOL, SHOW_ALWAYS),
};

static const struct column ticket_columns[] = {
	COLUMN("id",          N_("Ticket"),      COLUMN_ID,   SHOW_ALWAYS),
	COLUMN("subject",     N_("Subject"),     COLUMN_TEXT, SHOW_ALWAYS),
	COLUMN("status",      N_("Status"),      COLUMN_WORD, SHOW_ALWAYS),
	COLUMN("priority",    N_("Priority"),    COLUMN_WORD, SHOW_WIDE),
	COLUMN("created",     N_("Created"),     COLUMN_TIME, SHOW_WIDE),
	COLUMN("preview",     N_("Preview"),     COLUMN_TEXT, SHOW_VERY_WIDE),
	COLUMN("type",        N_("Type"),        COLUMN_WORD, SHOW_SCREEN),
	COLUMN("group",       N_("Group"),       COLUMN_TEXT, SHOW_SCREEN),
	COLUMN("assigned_to", N_("Assigned to"), COLUMN_TEXT, SHOW_SCREEN),
	COLUMN("updated",     N_("Updated"),     COLUMN_TIME, SHOW_SCREEN),
};

static const struct column service_columns[] = {
	COLUMN("id",          N_("Service"),     COLUMN_ID,       SHOW_WIDE),
	COLUMN("type",        N_("Type"),        COLUMN_WORD,     SHOW_ALWAYS),
	COLUMN("description", N_("Description"), COLUMN_TEXT,     SHOW_ALWAYS),
	COLUMN("status",      N_("Status"),      COLUMN_WORD,     SHOW_ALWAYS),
	COLUMN("since",       N_("Since"),       COLUMN_DAY,      SHOW_WIDE),
	COLUMN("plan",        N_("Plan"),        COLUMN_TEXT,     SHOW_SCREEN),
	COLUMN("price",       N_("Net a month"), COLUMN_MONEY,    SHOW_SCREEN),
	COLUMN("currency",    N_("Currency"),    COLUMN_CURRENCY, SHOW_SCREEN),
};

#define COLUMNS(c) .columns = (c), .ncolumns = sizeof(c) / sizeof(*(c))

const struct listing listings[] = {
	{
		.name = "services",
		.title = N_("Services"),
		.empty = N_("No services yet. Ask us for one."),
		.sql = SQL_LIST_SERVICES,
		.ascending = true,
		COLUMNS(service_columns),
	},
	{
		.name = "invoices",
		.title = N_("Invoices"),
		.empty = N_("No invoices yet. The first one will be here."),
		.sql = SQL_LIST_INVOICES,
		COLUMNS(invoice_columns),
	},
	{
		.name = "proformas",
		.title = N_("Proformas"),
		.empty = N_("No proformas. What you owe is in Invoices."),
		.sql = SQL_LIST_PROFORMAS,
		COLUMNS(proforma_columns),
	},
	{
		.name = "credit-notes",
		.title = N_("Credit notes"),
		.empty = N_("No credit notes. One comes when an invoice is "
		    "corrected."),
		.sql = SQL_LIST_CREDIT_NOTES,
		COLUMNS(credit_note_columns),
	},
	{
		.name = "payments",
		.title = N_("Payments"),
		.empty = N_("No payments yet. p on an invoice says how."),
		.sql = SQL_LIST_PAYMENTS,
		COLUMNS(payment_columns),
	},
	{
		.name = "transactions",
		.title = N_("Transactions"),
		.empty = N_("Nothing was booked yet."),
		.sql = SQL_LIST_TRANSACTIONS,
		COLUMNS(transaction_columns),
	},
	{
		.name = "methods",
		.title = N_("Saved payment methods"),
		.empty = N_("No card or account is saved yet. a on the screen "
		    "Billing, Methods saves one."),
		.sql = SQL_LIST_METHODS,
		COLUMNS(method_columns),
	},
	{
		.name = "tickets",
		.title = N_("Tickets"),
		.empty = N_("No tickets yet. t opens one."),
		.sql = SQL_LIST_TICKETS,
		COLUMNS(ticket_columns),
	},
};
/* clang-format on */

const size_t listings_count = sizeof(listings) / sizeof(*listings);

const struct listing *
listing_find(const char *name)
{
	for (size_t i = 0; i < listings_count; i++)
		if (strcmp(listings[i].name, name) == 0)
			return &listings[i];
	return NULL;
}

int
listing_column(const struct listing *l, const char *key)
{
	for (size_t i = 0; i < l->ncolumns; i++)
		if (strcmp(l->columns[i].key, key) == 0)
			return (int)i;
	return -1;
}
