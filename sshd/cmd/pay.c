/*
 * pay: asks for a link, waits until it is made, prints it.  Where no gateway is
 * on, how to pay instead.
 */
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/i18n.h"
#include "data/checkout.h"
#include "data/document.h"
#include "export/qr.h"
#include "sshd/cmd/cmd.h"
#include "sshd/cmd/pay.h"

enum { LINK_WAIT_MS = 30000, QR_TEXT_MAX = 64 * 1024 };

void
pay_how_print(struct cmd *c, FILE *out)
{
	fprintf(out, "%s\n", _("Card payment is not enabled here."));
	if (c->settings.pay_how[0] != '\0')
		fprintf(out, _("How to pay: %s\n"), c->settings.pay_how);
	if (c->settings.pay_ask[0] != '\0')
		fprintf(out, _("Whom to ask: %s\n"), c->settings.pay_ask);
}

const char *
pay_link(const struct checkout *co)
{
	return co->link[0] != '\0' ? co->link : co->url;
}

static bool
is_state(const struct checkout *co, const char *state)
{
	return strcmp(co->state, state) == 0;
}

/* Sleeps until the store has something to say; false in *more: time is up. */
static enum err
wait_note(struct cmd *c, int64_t end, bool *more)
{
	struct pollfd fd = {.fd = store_fd(c->st), .events = POLLIN};
	struct note note;
	bool got = false;
	int64_t left;
	enum err err;

	for (;;) {
		if ((err = store_note(c->st, &note, &got)) != ERR_NONE)
			return err;
		if (got &&
		    (note.type == NOTE_SHUTDOWN || note.type == NOTE_DISABLED))
			return ERR_CLOSED;
		left = end - clock_mono_ms();
		*more = got || left > 0;
		if (!*more || (got && note.type != NOTE_AWAY))
			return ERR_NONE;
		poll(&fd, 1, (int)left);
	}
}

static enum err
link_wait(struct cmd *c, int64_t id, struct checkout *co)
{
	int64_t end = clock_mono_ms() + LINK_WAIT_MS;
	bool more = true;
	enum err err;

	do {
		err = checkout_get(c->st, id, co);
		if (err != ERR_NONE || !is_state(co, "wanted"))
			return err;
		err = wait_note(c, end, &more);
	} while (err == ERR_NONE && more);
	return err;
}

static enum err
link_get(struct cmd *c, enum checkout_purpose purpose, int64_t what,
    struct checkout *co)
{
	int64_t id = 0;
	enum err err =
	    checkout_start(c->st, purpose, &what, what != 0 ? 1 : 0, 0, &id);

	return err == ERR_NONE ? link_wait(c, id, co) : err;
}

enum err
pay_link_get(struct cmd *c, int64_t invoice, struct checkout *co)
{
	return link_get(c, CHECKOUT_FOR_INVOICES, invoice, co);
}

const char *
pay_refusal(const struct checkout *co)
{
	if (is_state(co, "open"))
		return NULL;
	if (is_state(co, "wanted"))
		return _("The link is not made yet. Please try again in a "
			 "minute.");
	if (is_state(co, "paid"))
		return _("It is paid already.");
	if (is_state(co, "processing"))
		return _("A payment for it is on its way already.");
	if (co->reason[0] != '\0')
		return gettext(co->reason);
	return _("No link could be made. Please try again in a minute.");
}

/* "INV-2026-000498", "2 invoices" */
static void
what_for(const struct checkout *co, char dst[64])
{
	if (co->proforma != 0)
		snprintf(dst, 64, "%s", co->proforma_number);
	else if (co->ninvoices == 1)
		snprintf(dst, 64, "%s", co->invoices[0].number);
	else
		snprintf(dst, 64,
		    ngettext("%zu invoice", "%zu invoices", co->ninvoices),
		    co->ninvoices);
}

void
pay_link_print(struct cmd *c, const struct checkout *co)
{
	char what[64];

	what_for(co, what);
	fprintf(c->out, _("To pay: %1$s for %2$s\n"),
	    say_money(co->amount, co->currency).s, what);
	fprintf(c->out, _("Open: %s\n"), pay_link(co));
	fprintf(c->out, _("Good until: %s\n"), say_time(c, co->expires_at).s);
}

/* On a terminal that is large enough. */
static enum err
qr_show(struct cmd *c, const struct checkout *co)
{
	char text[CHECKOUT_URL];
	int fd = fileno(c->out);
	struct winsize ws;
	struct qr qr;
	struct buf lines;
	enum err err;

	if (fd < 0 || isatty(fd) == 0)
		return ERR_NONE;
	snprintf(text, sizeof(text), "%s", pay_link(co));
	/* Our own links mean the same in upper case, which is smaller. */
	for (size_t i = 0; co->link[0] != '\0' && text[i] != '\0'; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 'a' + 'A');
	if (qr_make(&qr, text) != ERR_NONE)
		return ERR_NONE;
	if (ioctl(fd, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0 &&
	    (ws.ws_col < qr_half_cols(&qr) || ws.ws_row < qr_half_rows(&qr)))
		return ERR_NONE;
	buf_init(&lines, QR_TEXT_MAX);
	qr_print(&qr, &lines);
	err = lines.err;
	if (err == ERR_NONE)
		fwrite(lines.data, 1, lines.len, c->out);
	buf_release(&lines);
	return err;
}

static json_t *
js_numbers(const struct checkout *co)
{
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < co->ninvoices; i++)
		if (json_array_append_new(
			list, json_string(co->invoices[i].number)) != 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

/* What it is for, beside an invoice that stands alone. */
static bool
js_rest(json_t *o, const struct checkout *co)
{
	if (co->proforma != 0)
		return json_object_set_new(o, "proforma",
			   json_string(co->proforma_number)) == 0;
	return json_object_set_new(o, "invoices", js_numbers(co)) == 0;
}

/* clang-format off */
static json_t *
js_checkout(const struct checkout *co, bool all)
{
	bool one = !all && co->ninvoices == 1;
	json_t *o = json_pack("{s:s, s:o, s:o, s:s, s:s, s:o}",
	    "url", pay_link(co),
	    "invoice", one ? json_string(co->invoices[0].number) : json_null(),
	    "amount", js_money(co->amount, co->currency),
	    "currency", co->currency,
	    "status", checkout_words(co->state)->status,
	    "expires_at", js_time(co->expires_at));
	/* clang-format on */

	if (o != NULL && !one && !js_rest(o, co)) {
		json_decref(o);
		o = NULL;
	}
	return o;
}

static int
say_link(struct cmd *c, const struct checkout *co, bool all)
{
	const char *refusal = pay_refusal(co);
	enum err err;

	if (refusal != NULL)
		return cmd_refuse(c, "%s", refusal);
	if (c->json)
		return cmd_print_json(c, js_checkout(co, all));
	pay_link_print(c, co);
	if ((err = qr_show(c, co)) != ERR_NONE)
		return cmd_fail(c, err);
	return SESSION_EXIT_OK;
}

enum err
pay_is_on(struct cmd *c, bool *on)
{
	struct gateway gateways[GATEWAYS];
	size_t n = 0;
	enum err err = gateway_list(c->st, gateways, &n);

	if (err == ERR_NONE)
		*on = n > 0;
	return err;
}

/* The link for what a number names. */
static enum err
numbered_get(struct cmd *c, const char *number, struct checkout *co)
{
	struct invoice inv;
	struct document d;
	enum err err = invoice_get(c->st, number, 0, cmd_today(c), &inv);

	if (err == ERR_NONE) {
		err = pay_link_get(c, inv.id, co);
		invoice_release(&inv);
		return err;
	}
	if (err == ERR_NOT_FOUND)
		err = document_get(c->st, DOCUMENT_PROFORMA, number, 0, &d);
	if (err != ERR_NONE)
		return err == ERR_BAD_INPUT ? ERR_NOT_FOUND : err;
	err = link_get(c, CHECKOUT_FOR_PROFORMA, d.paper.id, co);
	document_release(&d);
	return err;
}

int
cmd_pay(struct cmd *c)
{
	bool all = strcmp(c->args[0], "all") == 0, on = false;
	struct checkout co;
	enum err err = pay_is_on(c, &on);

	if (err != ERR_NONE)
		return cmd_fail(c, err);
	if (!on) {
		pay_how_print(c, c->err);
		return SESSION_EXIT_REFUSED;
	}
	err = all ? pay_link_get(c, 0, &co) : numbered_get(c, c->args[0], &co);
	if (err == ERR_NOT_FOUND)
		return cmd_refuse(c,
		    _("There is no invoice or proforma %s. \"invoices\" "
		      "and \"proformas\" list them."),
		    c->args[0]);
	return err == ERR_NONE ? say_link(c, &co, all) : cmd_fail(c, err);
}
