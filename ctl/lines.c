/* What is said of a paper's lines and days on the command line, and shown. */
#include <string.h>

#include "base/i18n.h"
#include "ctl/lines.h"

enum { DUE_DAYS = 14, LINE_PARTS = 4 };

static const char *const line_options[] = {
    "line", "line2", "line3", "line4", "line5", "line6", "line7", "line8"};
_Static_assert(sizeof(line_options) / sizeof(line_options[0]) == CTL_LINES,
    "an option for each line");

int
ctl_day_option(const struct ctl *c, const char *name, int64_t *day)
{
	const char *value = ctl_option(c, name);

	if (value == NULL || day_parse(value, day))
		return CTL_OK;
	return ctl_usage_error(_("--%s is a day such as 2026-05-08, not "
				 "\"%s\"."),
	    name, value);
}

/* A decimal number of so many decimals, by the rules of amounts. */
static bool
number_parse(const char *text, const char *like, int64_t *out)
{
	return money_parse(text, like, out) == ERR_NONE;
}

/* "TEXT;QUANTITY;NET PRICE;TAX %" */
static int
line_parse(const struct ctl *c, const char *untaxed, const char *option,
    const char *value, struct invoice_line *line)
{
	char copy[512], *part[LINE_PARTS], *rest = copy;
	size_t i;

	if (strlen(value) >= sizeof(copy))
		return ctl_usage_error(_("--%s is too long."), option);
	strcpy(copy, value);
	for (i = LINE_PARTS; i-- > 1;) {
		/* From the end: the text may have semicolons of its own. */
		if ((part[i] = strrchr(rest, ';')) == NULL)
			goto bad;
		*part[i]++ = '\0';
	}
	part[0] = copy;
	if (strlen(part[0]) >= sizeof(line->description) ||
	    !number_parse(part[1], "KWD", &line->quantity) ||
	    !number_parse(part[2], c->tenant.currency, &line->unit_price) ||
	    !number_parse(part[3], "EUR", &line->tax_rate))
		goto bad;
	strcpy(line->description, part[0]);
	strcpy(line->tax_category, line->tax_rate > 0 ? "S" : untaxed);
	return CTL_OK;
bad:
	return ctl_usage_error(_("--%s is \"TEXT;QUANTITY;NET PRICE;TAX %%\", "
				 "such as \"Router;1;82.50;20\", not \"%s\"."),
	    option, value);
}

int
ctl_lines(const struct ctl *c, const char *untaxed,
    struct invoice_line lines[CTL_LINES], size_t *n)
{
	const char *value;
	size_t i;
	int status;

	*n = 0;
	for (i = 0; i < CTL_LINES; i++) {
		if ((value = ctl_option(c, line_options[i])) == NULL)
			continue;
		status =
		    line_parse(c, untaxed, line_options[i], value, &lines[*n]);
		if (status != CTL_OK)
			return status;
		++*n;
	}
	return CTL_OK;
}

int
ctl_paper_new(struct ctl *c, struct ctl_paper *out)
{
	struct invoice_new *in = &out->in;
	const char *exemption = ctl_option(c, "exemption");
	struct customer cu;
	int status;

	*in = (struct invoice_new) {
	    .lines = out->lines,
	    .issued_on = ctl_today(c),
	    .exemption = exemption,
	};
	if ((status = ctl_customer(c, c->args[0], &cu)) != CTL_OK ||
	    (status = ctl_lines(c, exemption != NULL ? "E" : "Z", out->lines,
		 &in->nlines)) != CTL_OK ||
	    (status = ctl_day_option(c, "issued", &in->issued_on)) != CTL_OK)
		return status;
	if (in->nlines == 0)
		return ctl_usage_error(_("%s needs at least one --line "
					 "\"TEXT;QUANTITY;NET PRICE;TAX %%\"."),
		    c->command->name);
	in->customer = cu.id;
	in->due_on = in->issued_on + DUE_DAYS;
	in->supply_from = in->supply_to = in->issued_on;
	if ((status = ctl_day_option(c, "due", &in->due_on)) != CTL_OK ||
	    (status = ctl_day_option(c, "supply-from", &in->supply_from)) !=
		CTL_OK)
		return status;
	if (in->supply_to < in->supply_from)
		in->supply_to = in->supply_from;
	return ctl_day_option(c, "supply-to", &in->supply_to);
}

/* clang-format off */
static json_t *
js_lines(const struct invoice *inv)
{
	const struct invoice_line *l;
	json_t *lines = json_array();
	size_t i;

	for (i = 0; lines != NULL && i < inv->nlines; i++) {
		l = &inv->lines[i];
		if (json_array_append_new(lines, json_pack("{s:s, s:o, s:o}",
		    "description", l->description,
		    "quantity", ctl_js_money(l->quantity, "KWD"),
		    "net", ctl_js_money(l->net, inv->currency))) != 0) {
			json_decref(lines);
			lines = NULL;
		}
	}
	return lines;
}

json_t *
ctl_js_paper(const struct invoice *p, const char *key, json_t *value)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:o, "
	    "s:o}",
	    "number", p->number,
	    "issued", ctl_js_day(p->issued_on),
	    "due", ctl_js_day(p->due_on),
	    "net", ctl_js_money(p->net, p->currency),
	    "tax", ctl_js_money(p->tax, p->currency),
	    "total", ctl_js_money(p->total, p->currency),
	    "balance", ctl_js_money(p->balance, p->currency),
	    "currency", p->currency,
	    "status", p->status,
	    key, value,
	    "lines", js_lines(p));
}
/* clang-format on */
