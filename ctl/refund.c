/* Money given back by hand. */
#include "data/refund.h"

#include "base/i18n.h"
#include "ctl/ctl.h"
#include "ctl/lines.h"
#include "data/payment.h"

static int
payment_find(
    struct ctl *c, int64_t customer, const char *receipt, struct payment *out)
{
	enum err err;

	ctl_become(c, c->tenant.id, customer);
	err = payment_get(c->st, 0, receipt, out);
	ctl_become(c, c->tenant.id, 0);
	if (err == ERR_NOT_FOUND)
		return ctl_error(
		    _("This customer has no receipt %s."), receipt);
	return err == ERR_NONE ? CTL_OK : ctl_fail(c, err, receipt);
}

/* What became of it. */
static int
refund_tell(struct ctl *c, int64_t customer, const char *number, int64_t amount)
{
	struct payment p;
	int status = payment_find(c, customer, c->args[1], &p);

	if (status != CTL_OK)
		return status;
	status =
	    ctl_show(c, json_pack("{s:s, s:s, s:o, s:s, s:s, s:o}", "number",
			    number, "receipt", p.receipt, "amount",
			    ctl_js_money(amount, p.currency), "currency",
			    p.currency, "status", p.status, "left_of_payment",
			    ctl_js_money(p.amount - p.back, p.currency)));
	payment_release(&p);
	return status;
}

int
ctl_refund_add(struct ctl *c)
{
	struct refund_hand in = {.reason = ctl_option_or(c, "reason", "")};
	int64_t day = ctl_today(c);
	struct payment p;
	struct customer cu;
	char number[33];
	enum err err;
	int status;

	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = ctl_day_option(c, "date", &day)) != CTL_OK ||
	    (status = ctl_amount(c, c->args[2], &in.amount)) != CTL_OK ||
	    (status = payment_find(c, cu.id, c->args[1], &p)) != CTL_OK)
		return status;
	in.customer = cu.id;
	in.payment = p.id;
	in.at = ctl_instant(c, day);
	payment_release(&p);
	if ((err = refund_add(c->st, &in, number)) != ERR_NONE)
		return ctl_fail(c, err, _("refund"));
	return refund_tell(c, cu.id, number, in.amount);
}
