/* One payment in line mode: what was given back of it, and what it paid. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/payment.h"
#include "data/refund.h"
#include "sshd/cmd/plain.h"

static enum err
refunds_print(struct plain *p, int64_t payment)
{
	const struct refund_words *words;
	struct refund *list;
	size_t i, n;
	enum err err;

	if ((err = refund_list(p->c->st, payment, &list, &n)) != ERR_NONE)
		return err;
	for (i = 0; i < n; i++) {
		words = refund_words(list[i].kind, list[i].status);
		fprintf(p->c->out,
		    strcmp(list[i].kind, "dispute") == 0
			? _("Dispute of %1$s on %2$s: %3$s\n")
			: _("Refund of %1$s on %2$s: %3$s\n"),
		    say_money(list[i].amount, list[i].currency).s,
		    say_time(p->c, list[i].at).s,
		    words != NULL ? _(words->shown) : list[i].status);
		if (words != NULL && words->meaning[0] != '\0')
			fprintf(p->c->out, "  %s\n", _(words->meaning));
		if (list[i].reason[0] != '\0')
			fprintf(p->c->out, _("  Reason: %s\n"), list[i].reason);
	}
	free(list);
	return ERR_NONE;
}

static void
payment_print(struct plain *p, const struct payment *pay)
{
	char path[64], line[256];
	size_t i;

	for (i = 0; i < pay->nallocations; i++) {
		fprintf(p->c->out, _("Paid: %1$s of invoice %2$s\n"),
		    say_money(
			pay->allocations[i].amount + pay->allocations[i].taken,
			pay->currency)
			.s,
		    pay->allocations[i].number);
		if (pay->allocations[i].taken > 0)
			fprintf(p->c->out, _("Taken back: %s\n"),
			    say_money(pay->allocations[i].taken, pay->currency)
				.s);
	}
	if (pay->unapplied > 0)
		fprintf(p->c->out, _("Left as credit: %s\n"),
		    say_money(pay->unapplied, pay->currency).s);
	if (pay->receipt[0] != '\0') {
		snprintf(path, sizeof(path), "receipts/%s.pdf", pay->receipt);
		session_scp_line(line, sizeof(line), &p->c->env, path);
		fprintf(p->c->out, _("Fetch the receipt: %s\n"), line);
	}
}

enum step
plain_payment(struct plain *p)
{
	struct payment pay;
	enum err err;

	err = payment_get(p->c->st, browse_id(p), NULL, &pay);
	if (err != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	fprintf(p->c->out, _("Payment: %1$s on %2$s\n"),
	    say_money(pay.amount, pay.currency).s, say_time(p->c, pay.at).s);
	fprintf(p->c->out, _("Status: %s\n"), word_text(pay.status));
	fprintf(p->c->out, _("Method: %s\n"), word_text(pay.method));
	err = refunds_print(p, pay.id);
	if (err == ERR_NONE)
		payment_print(p, &pay);
	else
		prompt_fail(&p->in, err);
	payment_release(&pay);
	return STEP_STAY;
}
