/*
 * What a bank says has come, booked.  Entry by entry, each in a transaction of
 * its own: one that cannot be booked holds up no other, the store is never
 * locked for long, and an import that was cut off is simply done again, since
 * every entry is booked once.  But the whole file is understood before the
 * first is booked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/text.h"
#include "ctl/camt.h"
#include "ctl/ctl.h"
#include "data/bank.h"

enum { WHAT_COUNT = BANK_UNMATCHED + 2, WHAT_REVERSAL = WHAT_COUNT - 1 };

/* What becomes of an entry: for scripts, and for people. */
static const char *const outcome_words[WHAT_COUNT] = {
    [BANK_BOOKED] = N_("booked"),
    [BANK_ALREADY] = N_("already"),
    [BANK_UNMATCHED] = N_("unmatched"),
    [WHAT_REVERSAL] = N_("reversal"),
};

struct import {
	struct ctl *c;
	struct camt camt;
	struct bank_result *results; /* camt.n */
	size_t done;                 /* of them */
	bool dry, shared;
};

/* ---- the file ---- */

static int
file_failed(const char *path)
{
	return ctl_error(_("%s cannot be read: %s."), path, strerror(errno));
}

static int
file_read(const char *path, struct buf *out)
{
	int fd = strcmp(path, "-") == 0
		     ? dup(STDIN_FILENO)
		     : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	unsigned char *room;
	ssize_t n;

	if (fd == -1)
		return file_failed(path);
	/* One more than it may have shows that it is too large. */
	while ((room = buf_reserve(out, 65536)) != NULL &&
	       (n = read(fd, room, 65536)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			close(fd);
			return file_failed(path);
		}
		out->len += (size_t)n;
	}
	close(fd);
	if (out->err == ERR_NOMEM)
		return ctl_error("%s: %s", path, err_text(ERR_NOMEM));
	return CTL_OK;
}

static int
statement_read(struct import *im, const char *path)
{
	char problem[CAMT_PROBLEM];
	struct buf file;
	enum err err;
	int status;

	buf_init(&file, CAMT_FILE_MAX + 2 * 65536);
	status = file_read(path, &file);
	if (status == CTL_OK) {
		err = camt_read(&im->camt, file.data, file.len, problem);
		if (err == ERR_BAD_INPUT)
			status = ctl_error(
			    _("%s: %s Nothing was booked."), path, _(problem));
		else if (err != ERR_NONE)
			status = ctl_error("%s: %s", path, err_text(err));
	}
	buf_release(&file);
	return status;
}

static int
account_check(struct import *im, const char *path)
{
	const struct tenant *t = &im->c->tenant;
	enum err err;

	if (t->iban[0] == '\0')
		return ctl_error(_("%s has no IBAN: which statements are its "
				   "own cannot be told."),
		    t->name);
	if (!iban_equal(t->iban, im->camt.iban))
		return ctl_error(_("%s is of the account %s, but that of %s "
				   "is %s. Nothing was booked."),
		    path, im->camt.iban, t->name, t->iban);
	err = bank_shared(im->c->st, im->camt.iban, &im->shared);
	return err == ERR_NONE ? CTL_OK : ctl_fail(im->c, err, path);
}

/* ---- booking ---- */

/* Screens are told while there are more customers than can be remembered. */
static void
rings_flush(struct ctl *c)
{
	ctl_ring(c);
	c->nrings = 0;
}

static enum err
entry_book(
    struct import *im, const struct camt_credit *e, struct bank_result *result)
{
	struct bank_credit in = {
	    .entry = e->key,
	    .booked_on = e->booked_on,
	    .amount = e->amount,
	    .currency = e->currency,
	    .reference = e->reference,
	    .text = e->text,
	    .bank_reference = e->bank_reference,
	    .shared = im->shared,
	};
	enum err err;

	if (e->problem != NULL) {
		*result = (struct bank_result) {.outcome = BANK_UNMATCHED};
		snprintf(result->why, sizeof(result->why), "%s", e->problem);
		return ERR_NONE;
	}
	err = bank_book(im->c->st, &in, im->dry, result);
	if (im->c->nrings > CTL_RINGS / 2)
		rings_flush(im->c);
	return err;
}

static enum err
entries_book(struct import *im)
{
	enum err err = ERR_NONE;

	if ((im->results = calloc(im->camt.n + 1, sizeof(*im->results))) ==
	    NULL)
		return ERR_NOMEM;
	for (; err == ERR_NONE && im->done < im->camt.n;
	     im->done += err == ERR_NONE)
		err = entry_book(
		    im, &im->camt.credits[im->done], &im->results[im->done]);
	rings_flush(im->c);
	return err;
}

/* ---- the report ---- */

static size_t
what(const struct import *im, size_t i)
{
	return im->camt.credits[i].reversal ? WHAT_REVERSAL
					    : im->results[i].outcome;
}

struct sums {
	size_t n[WHAT_COUNT];
	int64_t booked;
};

static struct sums
sums_of(const struct import *im)
{
	struct sums s = {0};

	for (size_t i = 0; i < im->done; i++) {
		s.n[what(im, i)]++;
		if (what(im, i) == BANK_BOOKED)
			s.booked += im->camt.credits[i].amount;
	}
	return s;
}

/* clang-format off */
static json_t *
js_entry(const struct import *im, size_t i)
{
	const struct camt_credit *e = &im->camt.credits[i];
	const struct bank_result *r = &im->results[i];
	bool booked = what(im, i) == BANK_BOOKED && !im->dry;

	return json_pack("{s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, "
	    "s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "outcome", outcome_words[what(im, i)],
	    "date", e->booked,
	    "amount", ctl_js_money(e->amount, e->currency),
	    "currency", e->currency,
	    "payer", ctl_js_text(e->payer),
	    "payer_iban", ctl_js_text(e->payer_iban),
	    "reference", ctl_js_text(e->reference),
	    "text", ctl_js_text(e->text),
	    "end_to_end", ctl_js_text(e->end_to_end),
	    "bank_reference", ctl_js_text(e->bank_reference),
	    "customer", ctl_js_text(r->customer_number),
	    "name", ctl_js_text(r->customer_name),
	    "proforma", ctl_js_text(r->proforma_number),
	    "invoice", ctl_js_text(r->invoice_number),
	    "receipt", ctl_js_text(r->receipt),
	    "left_as_credit", booked ? ctl_js_money(r->left, e->currency)
				     : json_null(),
	    "reason", ctl_js_text(r->why[0] != '\0' ? _(r->why) : ""));
}

static json_t *
js_report(const struct import *im)
{
	struct sums s = sums_of(im);
	json_t *list = json_array();

	for (size_t i = 0; list != NULL && i < im->done; i++)
		if (json_array_append_new(list, js_entry(im, i)) != 0) {
			json_decref(list);
			list = NULL;
		}
	return json_pack("{s:s, s:b, s:I, s:o, s:s, s:I, s:I, s:I, s:I, s:I, "
	    "s:o}",
	    "account", im->camt.iban,
	    "dry_run", (int)im->dry,
	    "booked", (json_int_t)s.n[BANK_BOOKED],
	    "amount", ctl_js_money(s.booked, im->c->tenant.currency),
	    "currency", im->c->tenant.currency,
	    "already", (json_int_t)s.n[BANK_ALREADY],
	    "unmatched", (json_int_t)s.n[BANK_UNMATCHED],
	    "reversals", (json_int_t)s.n[WHAT_REVERSAL],
	    "not_booked_yet", (json_int_t)im->camt.not_booked,
	    "debits", (json_int_t)im->camt.debits,
	    "entries", list);
}
/* clang-format on */

/* "   label  text", a line for each of the text's. */
static void
detail(const char *label, const char *text)
{
	size_t n;

	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		printf("    %s: %.*s\n", label, (int)n, text);
	}
}

static void
entry_print(const struct import *im, size_t i)
{
	const struct camt_credit *e = &im->camt.credits[i];
	const struct bank_result *r = &im->results[i];
	char amount[MONEY_SIZE], left[MONEY_SIZE];

	money_text(amount, e->amount, e->currency);
	printf("%-10s %s %12s %s  %s", _(outcome_words[what(im, i)]), e->booked,
	    amount, e->currency, e->payer);
	if (r->customer_number[0] != '\0')
		printf("  -> %s %s", r->customer_number, r->customer_name);
	if (r->proforma_number[0] != '\0')
		printf(", %s", r->proforma_number);
	if (r->invoice_number[0] != '\0')
		printf(", %s", r->invoice_number);
	if (r->receipt[0] != '\0')
		printf(", %s", r->receipt);
	putchar('\n');
	if (r->left > 0) {
		money_text(left, r->left, e->currency);
		printf(_("    %s %s stays as credit\n"), left, e->currency);
	}
	detail(_("note"), r->why[0] != '\0' ? _(r->why) : "");
	if (what(im, i) == BANK_BOOKED || what(im, i) == BANK_ALREADY)
		return;
	/* All that helps to find out whose it is. */
	detail(_("account"), e->payer_iban);
	detail(_("reference"), e->reference);
	detail(_("text"), e->text);
	detail(_("bank's reference"), e->bank_reference);
}

static int
report_print(const struct import *im)
{
	struct sums s = sums_of(im);
	char amount[MONEY_SIZE];

	if (ctl_option(im->c, "json") != NULL)
		return ctl_show(im->c, js_report(im));
	for (size_t i = 0; i < im->done; i++)
		entry_print(im, i);
	money_text(amount, s.booked, im->c->tenant.currency);
	printf(im->dry ? _("Would be booked: %zu, %s %s.")
		       : _("Booked: %zu, %s %s."),
	    s.n[BANK_BOOKED], amount, im->c->tenant.currency);
	printf(_(" Already booked: %zu. To look at: %zu. Reversals: %zu.\n"),
	    s.n[BANK_ALREADY], s.n[BANK_UNMATCHED], s.n[WHAT_REVERSAL]);
	printf(_("Left out: %zu debits, %zu that the bank has not booked "
		 "yet.\n"),
	    im->camt.debits, im->camt.not_booked);
	return CTL_OK;
}

int
ctl_import_camt(struct ctl *c)
{
	struct import im = {.c = c, .dry = ctl_option(c, "dry-run") != NULL};
	const char *path = c->args[0];
	enum err err;
	int status;

	/* Each entry is tried again by itself; what was booked is not. */
	c->attempts = 1;
	if ((status = statement_read(&im, path)) != CTL_OK ||
	    (status = account_check(&im, path)) != CTL_OK)
		goto out;
	err = entries_book(&im);
	status = report_print(&im);
	if (err != ERR_NONE) {
		ctl_fail(c, err, path);
		status = ctl_error(_("%zu of %zu entries were done. Import it "
				     "again for the rest."),
		    im.done, im.camt.n);
	}
out:
	free(im.results);
	camt_release(&im.camt);
	return status;
}
