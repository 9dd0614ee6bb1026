/* The built-in texts of mails, a tenant's own, and how values come into them.
 */
#include "data/template.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/input.h"
#include "data/txn.h"

/* {name} first: not all have it. */
static const char *const common[] = {
    "name", "brand", "support_email", "support_phone", "ssh"};
enum { COMMON = sizeof(common) / sizeof(*common) };

/* clang-format off */
static const struct template_def defs[] = {
	{ .name = "email_code",
	  .when = N_("to a new address, with the code that confirms it"),
	  .vars = { "code" },
	  .needs = "{code}",
	  .good_s = 30 * 60,
	  .unproven = true,
	  .subject = N_("{code} confirms your new e-mail address"),
	  .body = N_("Hello,\n\n"
	  "this is the code that makes this your e-mail address at {brand}:\n"
	  "\n    {code}\n\n"
	  "Type it where you asked for it, within 30 minutes.  If you did not\n"
	  "ask for it, do nothing: nothing is changed.\n"
	  "\n{brand}\n"
	  "E-mail: {support_email}\nPhone: {support_phone}\n") },
	{ .name = "email_taken",
	  .when = N_("to an address that another login has, instead of the "
		     "code"),
	  .vars = { NULL },
	  .good_s = 30 * 60,
	  .unproven = true,
	  .subject = N_("This is your e-mail address already"),
	  .body = N_(
	  "Somebody asked to use this e-mail address for another login at\n"
	  "{brand}.  It belongs to yours already, so nothing was changed.\n"
	  "If it was you: log in with this address instead, or ask us.\n"
	  "\n{brand}\n"
	  "E-mail: {support_email}\nPhone: {support_phone}\n") },
	{ .name = "email_changed",
	  .when = N_("to the old address, after it was changed"),
	  .vars = { "new_email" },
	  .subject = N_("Your e-mail address was changed"),
	  .body = N_("Hello {name},\n\n"
	  "your e-mail address at {brand} is now {new_email}; from now on you\n"
	  "log in with it, and mail goes there.\n"
	  "If it was not you who changed it, tell us at once.\n"
	  "\n{brand}\n"
	  "E-mail: {support_email}\nPhone: {support_phone}\n") },
	{ .name = "autopay_failed",
	  .when = N_("when an automatic payment did not go through"),
	  .vars = { "invoice", "amount", "reason", "link" },
	  .subject = N_("Automatic payment of {invoice} failed"),
	  .body = N_("Hello {name},\n\n"
	  "we could not collect {amount} for invoice {invoice}.\n"
	  "{reason}\n\n"
	  "You can pay it yourself.  Log in:\n"
	  "    {ssh}\n"
	  "Or open this page: {link}\n"
	  "\n{brand}\n"
	  "E-mail: {support_email}\nPhone: {support_phone}\n") },
	{ .name = "autopay_ask",
	  .when = N_("when an automatic payment needs the customer"),
	  .vars = { "invoice", "amount", "link" },
	  .subject = N_("Please confirm the payment of {invoice}"),
	  .body = N_("Hello {name},\n\n"
	  "your bank wants you to confirm the payment of {amount} for invoice\n"
	  "{invoice}.\n\n"
	  "You can do that when you pay it yourself.  Log in:\n"
	  "    {ssh}\n"
	  "Or open this page: {link}\n"
	  "\n{brand}\n"
	  "E-mail: {support_email}\nPhone: {support_phone}\n") },
};
/* clang-format on */

enum { DEFS = sizeof(defs) / sizeof(*defs) };

const struct template_def *
template_at(size_t i)
{
	return i < DEFS ? &defs[i] : NULL;
}

const struct template_def *
template_find(const char *name)
{
	for (size_t i = 0; i < DEFS; i++)
		if (strcmp(defs[i].name, name) == 0)
			return &defs[i];
	return NULL;
}

/* The variables of one: its own, then those that all have. */
static const char *
var_at(const struct template_def *def, size_t i)
{
	size_t own = 0;

	while (own < TEMPLATE_VARS && def->vars[own] != NULL)
		own++;
	if (i < own)
		return def->vars[i];
	i -= own;
	if (def->unproven)
		i++; /* {name} */
	return i < COMMON ? common[i] : NULL;
}

void
template_vars(char *dst, size_t size, const struct template_def *def)
{
	size_t used = 0;
	const char *var;

	dst[0] = '\0';
	for (size_t i = 0; (var = var_at(def, i)) != NULL && used < size; i++)
		used += (size_t)snprintf(
		    dst + used, size - used, "%s{%s}", i == 0 ? "" : " ", var);
}

/* ---- values ---- */

/* The length of "{word}" at s, 0 when there is none. */
static size_t
var_len(const char *s)
{
	size_t n;

	if (*s != '{')
		return 0;
	n = strspn(s + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
	return n > 0 && s[n + 1] == '}' ? n + 2 : 0;
}

static bool
var_is(const char *s, size_t n, const char *name)
{
	return strlen(name) == n - 2 && memcmp(s + 1, name, n - 2) == 0;
}

static const char *
value_of(const char *s, size_t n, const struct mail_var *vars, size_t nvars)
{
	for (size_t i = 0; i < nvars; i++)
		if (var_is(s, n, vars[i].name))
			return vars[i].value;
	return "";
}

/* n bytes of s with their values; false: one of them is empty. */
static bool
put_values(struct buf *out, const char *s, size_t n,
    const struct mail_var *vars, size_t nvars)
{
	const char *end = s + n, *value;
	bool all = true;
	size_t len;

	while (s < end) {
		if ((len = var_len(s)) == 0) {
			buf_addc(out, *s++);
			continue;
		}
		value = value_of(s, len, vars, nvars);
		all = all && *value != '\0';
		buf_adds(out, value);
		s += len;
	}
	return all;
}

/* Lines, but for those that say nothing without a value that is missing, and
 * what would then be a second blank one. */
static void
put_lines(
    struct buf *out, const char *s, const struct mail_var *vars, size_t nvars)
{
	bool blank = true;
	size_t n, had;

	for (; *s != '\0'; s += n + (s[n] != '\0')) {
		n = strcspn(s, "\n");
		if (n == 0 && blank)
			continue;
		had = out->len;
		if (put_values(out, s, n, vars, nvars)) {
			buf_addc(out, '\n');
			blank = n == 0;
		} else {
			buf_cut(out, had);
		}
	}
}

enum err
template_expand(struct template_text *t, const struct mail_var *vars, size_t n)
{
	struct buf subject, body;
	enum err err;

	buf_init(&subject, TEMPLATE_BODY);
	buf_init(&body, TEMPLATE_BODY);
	(void)put_values(&subject, t->subject, strlen(t->subject), vars, n);
	put_lines(&body, t->body, vars, n);
	if ((err = subject.err) == ERR_NONE && (err = body.err) == ERR_NONE &&
	    (err = text_clean(t->subject, sizeof(t->subject), buf_str(&subject),
		 subject.len, TEXT_LINE)) == ERR_NONE)
		err = text_clean(t->body, sizeof(t->body), buf_str(&body),
		    body.len, TEXT_LINES);
	buf_wipe(&subject);
	buf_wipe(&body);
	return err;
}

/* ---- a tenant's own ---- */

static enum err
load(struct store *st, enum sql sql, const struct template_def *def,
    struct template_text *out)
{
	struct query q = query_begin(st, sql);
	struct template_text t = {0};
	enum err err;

	query_bind_text(&q, def->name);
	while (query_row(&q)) {
		t.own = true;
		col_copy(&q, 0, t.subject, sizeof(t.subject));
		col_copy(&q, 1, t.body, sizeof(t.body));
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (!t.own) {
		snprintf(t.subject, sizeof(t.subject), "%s", _(def->subject));
		snprintf(t.body, sizeof(t.body), "%s", _(def->body));
	}
	*out = t;
	return ERR_NONE;
}

enum err
template_load(
    struct store *st, const struct template_def *def, struct template_text *out)
{
	return load(st, SQL_MAIL_TEMPLATE_GET, def, out);
}

static enum err
refuse_name(struct store *st)
{
	char text[192] = "";
	size_t used = 0;

	for (size_t i = 0; i < DEFS && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "%s%s", i == 0 ? "One of: " : ", ", defs[i].name);
	(void)store_refuse(st, "name", text);
	return ERR_NOT_FOUND;
}

enum err
template_show(struct store *st, const char *name, struct template_text *out)
{
	const struct template_def *def = template_find(name);

	store_clear_problem(st);
	return def != NULL ? load(st, SQL_MAIL_TEMPLATE_SHOW, def, out)
			   : refuse_name(st);
}

/* Is every variable one of its own? */
static enum err
check_vars(struct store *st, const struct template_def *def, const char *s)
{
	char fit[128], text[192];
	const char *var;
	size_t n, i;

	for (; *s != '\0'; s++) {
		if ((n = var_len(s)) == 0)
			continue;
		for (i = 0; (var = var_at(def, i)) != NULL; i++)
			if (var_is(s, n, var))
				break;
		if (var != NULL)
			continue;
		template_vars(fit, sizeof(fit), def);
		snprintf(text, sizeof(text), "%.*s: %s", (int)(n < 48 ? n : 48),
		    s, fit);
		return store_refuse(st, "variable", text);
	}
	return ERR_NONE;
}

static enum err
read_text(struct store *st, const struct template_def *def, const char *text,
    struct template_text *t)
{
	char line[TEMPLATE_SUBJECT * 2];
	size_t n = strcspn(text, "\n");
	enum err err;

	if (n >= sizeof(line))
		return store_refuse(st, "subject", N_("That is too long."));
	memcpy(line, text, n);
	line[n] = '\0';
	if ((err = input_needed(st, "subject", t->subject, sizeof(t->subject),
		 line)) != ERR_NONE ||
	    (err = input_lines(
		 st, "body", t->body, sizeof(t->body), text + n)) != ERR_NONE)
		return err;
	if (t->body[0] == '\0')
		return store_refuse(st, "body", N_("Please fill this in."));
	if ((err = check_vars(st, def, t->subject)) != ERR_NONE ||
	    (err = check_vars(st, def, t->body)) != ERR_NONE)
		return err;
	if (def->needs != NULL && strstr(t->subject, def->needs) == NULL &&
	    strstr(t->body, def->needs) == NULL) {
		snprintf(line, sizeof(line), "%s is missing.", def->needs);
		return store_refuse(st, "variable", line);
	}
	return ERR_NONE;
}

static enum err
write_text(struct store *st, const struct template_def *def,
    const struct template_text *t)
{
	struct query q = query_begin(st, SQL_MAIL_TEMPLATE_SET);

	query_bind_text(&q, def->name);
	query_bind_text(&q, t->subject);
	query_bind_text(&q, t->body);
	return query_run(&q, NULL);
}

enum err
template_set(struct store *st, const char *name, const char *text)
{
	const struct template_def *def = template_find(name);
	struct template_text t;
	struct txn txn;
	enum err err;

	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	if (def == NULL)
		err = refuse_name(st);
	else if ((err = read_text(st, def, text, &t)) == ERR_NONE)
		err = write_text(st, def, &t);
	return txn_end(&txn, err);
}

enum err
template_reset(struct store *st, const char *name)
{
	const struct template_def *def = template_find(name);
	struct query q;
	struct txn txn;
	enum err err;

	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	if (def == NULL) {
		err = refuse_name(st);
	} else {
		q = query_begin(st, SQL_MAIL_TEMPLATE_RESET);
		query_bind_text(&q, def->name);
		err = query_run(&q, NULL);
	}
	return txn_end(&txn, err);
}
