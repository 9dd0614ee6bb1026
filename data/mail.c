/* Jobs that send a mail, and what they say. */
#include "data/mail.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "data/customer.h"
#include "data/job.h"
#include "data/session.h"
#include "data/template.h"
#include "data/tenant.h"

/* RFC 5321 takes so much before the @. */
enum { VARS_MAX = 16, SSH_MAX = 256, LOCAL_MAX = 64 };

/* No empty part between dots. */
static bool
dots_fit(const char *s, size_t n)
{
	bool dot = true;

	for (size_t i = 0; i < n; i++) {
		if (dot && s[i] == '.')
			return false;
		dot = s[i] == '.';
	}
	return !dot;
}

bool
address_valid(const char *s)
{
	const char *at = strchr(s, '@');

	return at != NULL && strlen(s) < ADDRESS_MAX && text_is_email(s) &&
	       text_is_clean(s, TEXT_LINE) &&
	       strpbrk(s, "<>()[]\\,;:\"") == NULL && at - s <= LOCAL_MAX &&
	       dots_fit(s, (size_t)(at - s)) &&
	       dots_fit(at + 1, strlen(at + 1));
}

/* ---- the job ---- */

/* A clean text has no control characters but line ends. */
static void
put_string(struct buf *out, const char *key, const char *s)
{
	buf_addf(out, "\"%s\":\"", key);
	for (; *s != '\0'; s++) {
		if (*s == '\n') {
			buf_adds(out, "\\n");
			continue;
		}
		if (*s == '"' || *s == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '"');
}

enum err
mail_queue(struct store *st, const char *name, const char *to,
    const char *subject, const char *text, int64_t good_until)
{
	struct buf args;
	enum err err;

	if (!address_valid(to) || !text_is_clean(subject, TEXT_LINE) ||
	    !text_is_clean(text, TEXT_LINES))
		return ERR_BAD_INPUT;
	buf_init(&args, JOB_ARGS);
	buf_addc(&args, '{');
	put_string(&args, "to", to);
	buf_addc(&args, ',');
	put_string(&args, "subject", subject);
	buf_addc(&args, ',');
	put_string(&args, "text", text);
	if (good_until != 0)
		buf_addf(&args, ",\"until\":%lld", (long long)good_until);
	buf_addc(&args, '}');
	(void)buf_str(&args);
	if ((err = args.err) == ERR_NONE)
		err = job_add(st, "mail", name, 0, buf_str(&args), 0, NULL);
	buf_wipe(&args);
	return err;
}

/* ---- from a template ---- */

/* What every template can say. */
struct common {
	struct tenant tenant;
	struct customer customer;
	char ssh[SSH_MAX];
};

static enum err
common_get(struct store *st, struct common *c)
{
	struct mail_sender sender;
	struct session_env env;
	enum err err;

	memset(c, 0, sizeof(*c));
	if ((err = tenant_get(st, &c->tenant)) != ERR_NONE ||
	    (err = mail_sender_get(st, &sender)) != ERR_NONE)
		return err;
	if (store_identity(st)->customer != 0 &&
	    (err = customer_get(st, &c->customer)) != ERR_NONE)
		return err;
	if (sender.host[0] == '\0')
		return ERR_NONE;
	session_env_of(&env, sender.host, c->tenant.name);
	session_ssh_line(c->ssh, sizeof(c->ssh), &env, "");
	return ERR_NONE;
}

static enum err
text_make(struct store *st, const struct template_def *def,
    struct template_text *t, const struct mail_var *vars, size_t n)
{
	struct mail_var all[VARS_MAX];
	struct common c;
	enum err err;

	if (n > TEMPLATE_VARS)
		return ERR_TOO_BIG;
	if ((err = common_get(st, &c)) != ERR_NONE ||
	    (err = template_load(st, def, t)) != ERR_NONE)
		return err;
	for (size_t i = 0; i < n; i++)
		all[i] = vars[i];
	all[n++] = (struct mail_var) {"name", c.customer.name};
	all[n++] = (struct mail_var) {"brand", c.tenant.brand};
	all[n++] = (struct mail_var) {"support_email", c.tenant.email};
	all[n++] = (struct mail_var) {"support_phone", c.tenant.phone};
	all[n++] = (struct mail_var) {"ssh", c.ssh};
	return template_expand(t, all, n);
}

enum err
mail_template_queue(struct store *st, const char *template, const char *name,
    const char *to, const struct mail_var *vars, size_t n)
{
	const struct template_def *def = template_find(template);
	struct template_text t;
	int64_t until = 0;
	enum err err;

	if (def == NULL)
		return ERR_NOT_FOUND;
	if (def->good_s != 0)
		until = clock_now(store_clock(st)) + def->good_s;
	if ((err = text_make(st, def, &t, vars, n)) == ERR_NONE)
		err = mail_queue(st, name, to, t.subject, t.body, until);
	explicit_bzero(&t, sizeof(t));
	return err;
}
