#include "tests/data/walk.h"

#include <stddef.h>
#include <string.h>

#include "data/audit.h"
#include "data/checkout.h"
#include "data/customer.h"
#include "data/email_change.h"
#include "data/method.h"
#include "data/paper.h"
#include "data/ticket.h"

/* clang-format off */
#define INT(v)    { .kind = ARG_INT, .i = (v) }
#define TEXT(v)   { .kind = ARG_TEXT, .s = (v) }
#define NONE      { .kind = ARG_NULL }
#define BYTES(v)  { .kind = ARG_BYTES, .s = (v) }
#define ID(f)     { .kind = ARG_ID, .i = offsetof(struct holding, f) }
#define STRING(f) { .kind = ARG_STRING, .i = offsetof(struct holding, f) }
#define KEY       { .kind = ARG_KEY }

#define CASE(s, ...) { .sql = SQL_##s, .args = { __VA_ARGS__ } }

#define TODAY   INT(FIXTURE_TODAY)
#define NOW     INT((int64_t)FIXTURE_TODAY * 86400)
#define LAST    INT(INT64_MAX)
#define FIRST   INT(-1)
#define LISTING TODAY, LAST, LAST, INT(100)

const struct walk_case walk_cases[] = {
	/* audit.sql */
	CASE(AUDIT_INSERT, NOW, TEXT(""), TEXT("login"), TEXT("key"),
	    TEXT("192.0.2.1"), TEXT("ok")),

	/* bank.sql */
	CASE(BANK_INVOICE, STRING(invoice_number)),
	CASE(BANK_PROFORMA, STRING(proforma_number)),
	CASE(BANK_ENTRY_GET, STRING(entry)),
	CASE(BANK_ENTRY_INSERT, ID(customer), TEXT("e"), ID(payment),
	    TEXT("r"), TODAY, NOW),

	/* books.sql */
	CASE(BOOKS_OPEN),
	CASE(SELLER_LATEST),
	CASE(SELLER_INSERT, TEXT("b"), TEXT("v"), TEXT("k"), TEXT("n")),
	CASE(BUYER_LATEST),
	CASE(BUYER_INSERT, TEXT("b"), TEXT("v"), TEXT("n")),
	CASE(BOOKS_UNPAID, INT(100)),
	CASE(BOOKS_BALANCE, ID(invoice)),
	CASE(BOOKS_CREDITS, INT(100)),
	CASE(BOOKS_OVERDUE, TODAY),

	/* bulk.sql: copies of all invoices, then of their parts into drafts */
	CASE(BULK_SPAN, ID(customer)),
	CASE(BULK_COUNTER_TAKE, TEXT("invoice"), INT(10)),
	CASE(BULK_INVOICES, ID(customer), ID(customer), INT(1000000),
	    INT(500000), ID(buyer)),
	CASE(BULK_LINES, ID(customer), ID(customer), INT(FIXTURE_DRAFT)),
	CASE(BULK_TAXES, ID(customer), ID(customer), INT(FIXTURE_DRAFT)),
	CASE(BULK_PAYMENTS, ID(customer), ID(customer), INT(1000000),
	    INT(500000), ID(buyer)),
	CASE(BULK_ALLOCATIONS, ID(customer), ID(customer),
	    INT(FIXTURE_DRAFT), INT(0)),
	CASE(BULK_LEDGER, ID(customer), ID(customer), INT(0), INT(0)),

	/* checkout.sql */
	CASE(GATEWAY_LIST),
	CASE(CHECKOUT_GET, ID(checkout)),
	CASE(CHECKOUT_INVOICES, ID(checkout)),
	CASE(CHECKOUT_DUE, INT(100)),
	CASE(CHECKOUT_DUE_OF, ID(unpaid)),
	CASE(CHECKOUT_COUNT, INT(0)),
	CASE(CHECKOUT_WAITING, TEXT("topup")),
	CASE(CHECKOUT_SUPERSEDED, INT(0)),
	CASE(CHECKOUT_INSERT, TEXT("X-1"), TEXT("topup"), TEXT("stripe"),
	    TEXT(""), INT(500), TEXT("EUR"), NOW, NOW),
	CASE(CHECKOUT_INVOICE_INSERT, ID(checkout), ID(unpaid), INT(1)),
	CASE(CLAIM_OF, ID(invoice)),
	CASE(CHECKOUT_SENT, ID(invoice)),
	CASE(CHECKOUT_CLAIMING),
	CASE(CLAIM_INSERT, ID(unpaid), ID(checkout)),
	CASE(CLAIM_DROP, ID(checkout)),
	CASE(CHECKOUT_MOVE, ID(checkout), INT(1), TEXT("expired"), TEXT(""),
	    NOW),
	CASE(CHECKOUT_OPEN, ID(topup), INT(1), TEXT("cs_1"), TEXT("u"), NOW,
	    NOW, TEXT("open")),
	CASE(CHECKOUT_REOPEN, ID(checkout), INT(1), NOW, NOW, INT(0)),
	CASE(CHECKOUT_SAVED, ID(setup), NOW),
	CASE(CHECKOUT_PAID, ID(checkout), ID(payment), TEXT("paid"), TEXT(""),
	    NOW),

	/* ctl.sql */
	CASE(CTL_CUSTOMERS, INT(0), TEXT(""), INT(100)),
	CASE(CTL_PLAN, STRING(plan_name)),

	/* customer.sql */
	CASE(CUSTOMER_GET),
	CASE(CUSTOMER_BY_NUMBER, STRING(number)),
	CASE(CUSTOMER_BY_LOGIN, STRING(email)),
	CASE(CUSTOMER_BY_EMAIL, STRING(email)),
	CASE(CUSTOMER_INSERT, TEXT("X-1"), TEXT("n"), TEXT("e@x"), TEXT(""),
	    TEXT(""), TEXT(""), TEXT(""), TEXT(""), TEXT(""), TEXT("active"),
	    INT(0), TEXT("n"), NOW),
	CASE(CUSTOMER_UPDATE, TEXT("n"), TEXT("p"), TEXT("s"), TEXT("c"),
	    TEXT("c"), TEXT("AT"), TEXT("v"), TEXT("n")),
	CASE(CUSTOMER_SINCE),
	CASE(CUSTOMER_STATE_SET, TEXT("blocked")),
	CASE(ACCOUNT_GET, TODAY),

	/* document.sql */
	CASE(DOCUMENT_GET, TEXT("proforma"), ID(proforma), NONE),
	CASE(DOCUMENT_GET, TEXT("credit-note"), NONE, STRING(credit_number)),
	CASE(DOCUMENT_LINES, ID(proforma), INT(0), INT(100)),
	CASE(DOCUMENT_TAXES, ID(proforma)),
	CASE(DOCUMENT_COUNTS),
	CASE(DOCUMENT_UNPAID, INT(100)),
	CASE(DOCUMENT_INSERT, TEXT("X-1"), TODAY, NOW, TODAY, TODAY, TODAY,
	    TEXT("EUR"), INT(1), INT(1), INT(2), ID(seller), ID(buyer),
	    TEXT(""), TEXT("credit-note"), ID(invoice), ID(payment)),
	CASE(DOCUMENT_LINE_INSERT, ID(proforma), INT(99), TEXT("d"),
	    INT(1000), INT(1), TEXT("S"), INT(2000), INT(1)),
	CASE(DOCUMENT_TAX_INSERT, ID(proforma), TEXT("Z"), INT(0), INT(1),
	    INT(0)),
	CASE(DOCUMENT_CREDITED, ID(unpaid)),
	CASE(PROFORMA_BECAME, ID(proforma), ID(invoice)),
	CASE(PROFORMA_CANCEL, ID(proforma)),
	CASE(CHECKOUT_PROFORMA, ID(proforma_checkout)),
	CASE(CHECKOUT_PROFORMA_INSERT, ID(topup), ID(proforma)),
	CASE(PROFORMA_CLAIM_OF, ID(proforma)),
	CASE(PROFORMA_CLAIM_INSERT, ID(spare), ID(topup)),
	CASE(PROFORMA_CLAIM_DROP, ID(proforma_checkout)),
	CASE(LIST_PROFORMAS, LISTING),
	CASE(LIST_CREDIT_NOTES, LISTING),

	/* invoice.sql */
	CASE(INVOICE_GET, ID(invoice), NONE),
	CASE(INVOICE_GET, NONE, STRING(invoice_number)),
	CASE(INVOICE_LINES, ID(invoice), INT(0), INT(100)),
	CASE(INVOICE_TAXES, ID(invoice)),
	CASE(INVOICE_ALLOCATIONS, ID(invoice), INT(0), INT(100)),
	CASE(INVOICE_INSERT, TEXT("X-1"), TODAY, NOW, TODAY, TODAY, TODAY,
	    TEXT("EUR"), INT(1), INT(1), INT(2), ID(seller), ID(buyer),
	    TEXT("")),
	CASE(INVOICE_LINE_INSERT, ID(invoice), INT(99), TEXT("d"),
	    INT(1000), INT(1), TEXT("S"), INT(2000), INT(1)),
	CASE(INVOICE_TAX_INSERT, ID(invoice), TEXT("Z"), INT(0), INT(1),
	    INT(0)),
	CASE(INVOICE_CANCEL, ID(unpaid)),

	/* listing.sql */
	CASE(LIST_INVOICES, LISTING),
	CASE(LIST_PAYMENTS, LISTING),
	CASE(LIST_TRANSACTIONS, LISTING),
	CASE(LIST_METHODS, LISTING),
	CASE(LIST_TICKETS, LISTING),
	CASE(LIST_SERVICES, TODAY, FIRST, FIRST, INT(100)),

	/* login.sql */
	CASE(LOGIN_GET),
	CASE(LOGIN_INSERT, ID(customer), TEXT("x@x"), TEXT("x@x"),
	    TEXT("n"), TEXT("customer"), TEXT(""), NOW),
	CASE(LOGIN_BY_EMAIL, STRING(email)),
	CASE(LOGIN_SET_PASSWORD, ID(login), TEXT("h")),
	CASE(LOGIN_SET_DISABLED, ID(login), INT(1)),
	CASE(LOGIN_CUSTOMER, ID(login)),
	CASE(LOGIN_KEY_INSERT, ID(login), TEXT("t"), BYTES("b"),
	    TEXT("f"), TEXT("n"), NOW),
	CASE(AUTH_BY_EMAIL, STRING(email)),
	CASE(AUTH_BY_LOGIN, ID(login)),
	CASE(AUTH_BY_KEY, STRING(fingerprint), KEY),
	CASE(AUTH_KEY_USED, STRING(fingerprint), NOW),
	CASE(AUTH_SEEN, ID(login), NOW),
	CASE(AUTH_SOURCE_KNOWN, ID(login), TEXT("192.0.2.0/24")),
	CASE(AUTH_SOURCE_SEEN, ID(login), TEXT("192.0.2.0/24"), NOW),

	/* method.sql */
	CASE(METHOD_LIST),
	CASE(METHOD_GET, ID(method)),
	CASE(METHOD_DEFAULT_DROP),
	CASE(METHOD_DEFAULT_SET, ID(charged)),
	CASE(METHOD_REMOVED, ID(method), NOW),
	CASE(METHOD_WANTED, ID(charged)),
	CASE(CHARGE_INSERT, ID(checkout), ID(method), INT(0)),
	CASE(AUTOPAY_GET),
	CASE(AUTOPAY_SET, INT(0), NOW),
	CASE(AUTOPAY_AFRESH),
	CASE(AUTOPAY_FORGET, ID(charge)),
	CASE(AUTOPAY_INVOICE_GET, ID(unpaid)),
	CASE(AUTOPAY_TAKEN, ID(invoice)),
	CASE(AUTOPAY_SKIP, ID(unpaid), TEXT("x")),
	CASE(AUTOPAY_TRY, ID(unpaid), ID(charge)),
	CASE(AUTOPAY_WAIT, ID(charge), TEXT("waiting"), TODAY),

	/* paper.sql */
	CASE(PAPER_INVOICES, FIRST, FIRST, INT(100)),
	CASE(PAPER_RECEIPTS, FIRST, FIRST, INT(100)),
	CASE(PAPER_INVOICE, STRING(invoice_number)),
	CASE(PAPER_RECEIPT, STRING(receipt)),
	CASE(PAPER_DOCUMENTS, FIRST, FIRST, INT(100), TEXT("proforma")),
	CASE(PAPER_DOCUMENT, STRING(credit_number), TEXT("credit-note")),
	CASE(PAPER_READ, ID(paper), INT(0)),
	CASE(PAPER_WANTED, INT(1), ID(invoice)),
	CASE(PAPER_WANTED, INT(2), ID(payment)),
	CASE(PAPER_WANTED, INT(3), ID(proforma)),
	CASE(PAPER_WANTED, INT(4), ID(credit_note)),
	CASE(PAPER_MADE, INT(1), ID(invoice)),
	CASE(PAPER_BEGIN, INT(9), ID(invoice), NOW),
	CASE(PAPER_BEGUN, ID(unmade)),
	CASE(PAPER_CHUNK_INSERT, ID(unmade), INT(1), BYTES("b")),
	CASE(PAPER_CHUNK, ID(unmade), INT(0)),
	CASE(PAPER_GROW, ID(unmade), INT(99)),
	CASE(PAPER_END, ID(unmade), TEXT("h"), NOW),
	CASE(PAPER_CHUNKS_DROP, ID(unmade), INT(0)),
	CASE(PAPER_DROP, ID(begun), INT(0)),

	/* payment.sql */
	CASE(PAYMENT_GET, ID(payment), NONE),
	CASE(PAYMENT_GET, NONE, STRING(receipt)),
	CASE(PAYMENT_ALLOCATIONS, ID(payment), INT(0), INT(100)),
	CASE(PAYMENT_INSERT, TEXT("payment"), NOW, INT(1), TEXT("EUR"),
	    TEXT("completed"), TEXT("cash"), TEXT("r"), TEXT("X-1"),
	    ID(seller), ID(buyer)),
	CASE(ALLOCATION_INSERT, ID(payment), ID(unpaid), INT(1), NOW),
	CASE(ALLOCATION_DROP, ID(invoice)),
	CASE(LEDGER_INSERT, NOW, TODAY, TEXT("payment"), TEXT("r"), INT(0),
	    INT(1), TEXT("EUR"), ID(invoice), ID(payment)),

	/* mail.sql */
	CASE(MAIL_TEMPLATE_SHOW, TEXT("email_code")),
	CASE(MAIL_TEMPLATE_SET, TEXT("email_code"), TEXT("s"), TEXT("b")),
	CASE(MAIL_TEMPLATE_RESET, TEXT("email_code")),
	CASE(MAIL_SENDER_GET),
	CASE(EMAIL_CHANGE_GET, INT(0)),
	CASE(EMAIL_CHANGE_COUNT, INT(0)),
	CASE(EMAIL_CHANGE_INSERT, TEXT("e@x"), TEXT("h"), NOW, NOW),
	CASE(EMAIL_CHANGE_TRY, ID(email_change)),
	CASE(EMAIL_CHANGE_END, TEXT("over")),
	CASE(EMAIL_LOGIN_SET, TEXT("e@x"), TEXT("e@x")),
	CASE(EMAIL_CUSTOMER_SET, TEXT("e@x"), TEXT("n")),

	/* prepaid.sql */
	CASE(PREPAID_SERVICE, ID(service)),
	CASE(PREPAID_SET, ID(service), INT(0)),

	/* refund.sql */
	CASE(REFUND_OF, ID(payment)),
	CASE(REFUND_LIST, ID(payment), INT(100)),
	CASE(REFUND_INSERT, ID(payment), TEXT("a"), TEXT("X-1"),
	    TEXT("refund"), INT(1), TEXT("EUR"), TEXT("pending"), TEXT(""),
	    NOW, NOW),
	CASE(REFUND_MOVE, ID(refund), INT(8), TEXT("failed"), TEXT(""), NOW),
	CASE(REFUND_BOOK, ID(refund), INT(8)),
	CASE(REFUND_SETTLED, ID(payment), INT(100)),
	CASE(REFUND_TAKEN, ID(gift), INT(100)),
	CASE(REFUND_TAKE, ID(allocation), INT(1)),
	CASE(REFUND_UNTAKE, ID(emptied), INT(1)),
	CASE(REFUND_FORGET, ID(gift)),

	/* service.sql */
	CASE(PLAN_INSERT, TEXT("X"), TEXT("voice"), TEXT(""), INT(1),
	    INT(2000)),
	CASE(SERVICE_LIST, FIRST, FIRST, INT(100)),
	CASE(SERVICE_INSERT, ID(plan), TEXT("internet"), TEXT("d"),
	    TEXT("active"), INT(1), INT(2000), TODAY, NONE),
	CASE(SERVICE_ONLINE_SET, ID(service), NONE),

	/* tenant.sql */
	CASE(TENANT_GET),
	CASE(TENANT_DETAILS, TEXT("v"), TEXT("r"), TEXT("w"), TEXT("h"),
	    TEXT("s"), TEXT("b"), TEXT("i"), TEXT("b"), TEXT("t")),
	CASE(SETTING_LIST),
	CASE(SETTING_SET, TEXT("welcome"), TEXT("x")),
	CASE(NEWS_LIST, LAST, LAST, INT(100)),
	CASE(NEWS_INSERT, NOW, TEXT("t"), TEXT("b")),
	CASE(COUNTER_NEXT, TEXT("invoice")),
	CASE(COUNTER_GET, TEXT("unused")),
	CASE(COUNTER_SET, TEXT("invoice"), INT(77)),

	/* ticket.sql */
	CASE(TICKET_GET, ID(ticket)),
	CASE(TICKET_MESSAGES, ID(ticket), INT(0), INT(100)),
	CASE(TICKET_MESSAGE_COUNT, ID(ticket)),
	CASE(TICKET_OPEN_COUNT),
	CASE(TICKET_INSERT, TEXT("s"), TEXT("fault"), TEXT("low"),
	    TEXT("New"), TEXT(""), TEXT(""), NOW, TEXT("p"), TEXT("f")),
	CASE(TICKET_MESSAGE_INSERT, ID(ticket), INT(0), TEXT("a"), NOW,
	    TEXT("b")),
	CASE(TICKET_MOVE, ID(ticket), TEXT("Closed"), INT(0), NOW),
};
/* clang-format on */

const size_t walk_cases_count = sizeof(walk_cases) / sizeof(*walk_cases);

/* Verbs. */

static enum err
create_ticket(struct store *st, const struct holding *h)
{
	int64_t id;

	(void)h;
	return ticket_create(st, "Slow", "fault", "low", "It is slow.", &id);
}

static enum err
reply_ticket(struct store *st, const struct holding *h)
{
	return ticket_reply(st, h->ticket, "Still slow.");
}

static enum err
close_ticket(struct store *st, const struct holding *h)
{
	return ticket_close(st, h->ticket);
}

static enum err
reopen_ticket(struct store *st, const struct holding *h)
{
	(void)ticket_close(st, h->ticket);
	return ticket_reopen(st, h->ticket);
}

static enum err
update_profile(struct store *st, const struct holding *h)
{
	struct customer c;
	enum err err;

	if ((err = customer_get(st, &c)) != ERR_NONE)
		return err;
	c.id = h->customer;
	strcpy(c.number, h->number);
	strcpy(c.phone, "+43 999");
	return profile_update(st, &c);
}

static enum err
change_password(struct store *st, const struct holding *h)
{
	(void)h;
	return password_change(st, FIXTURE_PASSWORD, "another long one 7");
}

static enum err
start_email(struct store *st, const struct holding *h)
{
	(void)h;
	return email_change_start(st, "another@example.net");
}

static enum err
confirm_email(struct store *st, const struct holding *h)
{
	(void)h;
	return email_change_confirm(st, FIXTURE_CODE);
}

static enum err
keep_paper(struct store *st, const struct holding *h)
{
	return paper_keep(st, PAPER_INVOICE, h->unpaid, "%PDF-", 5);
}

static enum err
start_checkout(struct store *st, const struct holding *h)
{
	int64_t id;

	return checkout_start(st, CHECKOUT_FOR_INVOICES, &h->unpaid, 1, 0, &id);
}

static enum err
make_default(struct store *st, const struct holding *h)
{
	return method_default(st, h->method);
}

static enum err
remove_method(struct store *st, const struct holding *h)
{
	return method_remove(st, h->method);
}

static enum err
charge_method(struct store *st, const struct holding *h)
{
	int64_t id;

	return method_charge(st, h->method, &h->unpaid, 1, 0, &id);
}

static enum err
turn_autopay(struct store *st, const struct holding *h)
{
	(void)h;
	return autopay_set(st, true);
}

static enum err
start_proforma(struct store *st, const struct holding *h)
{
	int64_t id;

	return checkout_start(st, CHECKOUT_FOR_PROFORMA, &h->spare, 1, 0, &id);
}

static enum err
renew_checkout(struct store *st, const struct holding *h)
{
	int64_t id;

	return checkout_renew(st, h->checkout, &id);
}

/* clang-format off */
#define CALL(v, r, fn, ids) \
	{ .verb = VERB_##v, .role = ROLE_##r, .call = fn, .no_ids = !(ids) }

const struct verb_case verb_cases[] = {
	CALL(TICKET_CREATE, CUSTOMER, create_ticket, false),
	CALL(TICKET_REPLY, CUSTOMER, reply_ticket, true),
	CALL(TICKET_CLOSE, CUSTOMER, close_ticket, true),
	CALL(TICKET_REOPEN, CUSTOMER, reopen_ticket, true),
	CALL(PROFILE_UPDATE, CUSTOMER, update_profile, false),
	CALL(PASSWORD_CHANGE, CUSTOMER, change_password, false),
	CALL(EMAIL_CHANGE_START, CUSTOMER, start_email, false),
	CALL(EMAIL_CHANGE_CONFIRM, CUSTOMER, confirm_email, false),
	CALL(PAPER_KEEP, RENDER, keep_paper, true),
	CALL(CHECKOUT_CREATE, CUSTOMER, start_checkout, true),
	CALL(CHECKOUT_CREATE, CUSTOMER, start_proforma, true),
	CALL(CHECKOUT_RENEW, CUSTOMER, renew_checkout, true),
	CALL(METHOD_DEFAULT, CUSTOMER, make_default, true),
	CALL(METHOD_REMOVE, CUSTOMER, remove_method, true),
	CALL(METHOD_CHARGE, CUSTOMER, charge_method, true),
	CALL(AUTOPAY_SET, CUSTOMER, turn_autopay, false),
};
/* clang-format on */

const size_t verb_cases_count = sizeof(verb_cases) / sizeof(*verb_cases);
