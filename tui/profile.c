/* The profile tab: who the customer is, and what they may change. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "data/mail.h"
#include "tui/page.h"
#include "tui/profile_fields.h"
#include "tui/screens.h"

struct profile {
	struct page page;
	struct mail_sender mail; /* can a code be mailed? */
};

enum { LABEL = 18, LABEL_NARROW = 12, TEXT = 512 };

static enum err
profile_open(struct view *v, int64_t arg)
{
	struct profile *p = v->state;

	(void)arg;
	page_init(&p->page);
	return mail_sender_get(v->ui->session->store, &p->mail);
}

static enum err
profile_reload(struct view *v)
{
	struct profile *p = v->state;

	page_stale(&p->page);
	return mail_sender_get(v->ui->session->store, &p->mail);
}

static void
act_row(struct page *p, enum action act, const char *text)
{
	struct row r;

	row_init(&r);
	row_add(&r, text);
	page_row(p, &r, (struct target) {TARGET_ACT, act});
}

/* The address is changed by a mailed code, or by the provider. */
static bool
may_change_email(const struct session *s)
{
	return s->settings.profile[PROFILE_FIELD_EMAIL] == RIGHT_EDIT;
}

static void
build(struct page *p, const struct session *s, bool mails)
{
	char text[TEXT];

	page_field(p, LABEL, _("Customer number"), s->customer.number);
	for (int f = 0; f < PROFILE_FIELD_COUNT; f++)
		if (s->settings.profile[f] != RIGHT_HIDDEN)
			page_field(p, LABEL, _(profile_fields[f].label),
			    profile_value(&s->customer, (enum profile_field)f));
	page_field(p, LABEL, _("Login"), s->login.email);
	if (!mails && may_change_email(s))
		page_textf(p,
		    _("To change your e-mail address ask %1$s: %2$s, %3$s"),
		    s->tenant.brand, s->tenant.phone, s->tenant.email);
	page_blank(p);
	if (profile_may_edit(&s->settings))
		act_row(p, ACT_EDIT, _("Change these details"));
	act_row(p, ACT_PASSWORD, _("Change the password"));
	if (mails && may_change_email(s))
		act_row(p, ACT_EMAIL, _("Change the e-mail address"));
	snprintf(text, sizeof(text), _("About %s"), s->tenant.brand);
	act_row(p, ACT_ABOUT, text);
	act_row(p, ACT_QUIT, _("Log out"));
}

static void
profile_draw(struct view *v, struct canvas *c, struct area a)
{
	struct profile *p = v->state;
	struct target marked = list_target(&p->page.list);

	if (page_begin(&p->page, a.w)) {
		build(&p->page, v->ui->session, p->mail.on);
		page_end(&p->page);
		list_mark(&p->page.list, marked);
	}
	page_draw(&p->page, c, a);
}

static bool
profile_act(struct view *v, enum action act)
{
	switch (act) {
	case ACT_EDIT:
		ui_push(v->ui, &screen_profile_edit, 0);
		return true;
	case ACT_PASSWORD:
		ui_push(v->ui, &screen_password, 0);
		return true;
	case ACT_EMAIL:
		ui_push(v->ui, &screen_email, 0);
		return true;
	case ACT_ABOUT:
		ui_push(v->ui, &screen_about, 0);
		return true;
	default:
		return false;
	}
}

static struct list *
profile_list(struct view *v)
{
	struct profile *p = v->state;

	return &p->page.list;
}

static void
profile_close(struct view *v)
{
	struct profile *p = v->state;

	page_release(&p->page);
}

/* The provider: PR4. */
static enum err
about_open(struct view *v, int64_t arg)
{
	struct profile *p = v->state;

	(void)arg;
	page_init(&p->page);
	return ERR_NONE;
}

static void
about_build(struct page *p, const struct tenant *t, int label)
{
	page_text(p, true, t->legal_name);
	page_blank(p);
	page_field(p, label, _("Address"), t->address);
	page_field(p, label, _("Phone"), t->phone);
	page_field(p, label, _("E-mail"), t->email);
	page_field(p, label, _("Web"), t->website);
	page_field(p, label, _("Hours"), t->hours);
	page_field(p, label, _("Support"), t->support);
	page_field(p, label, _("Bank"), t->bank_name);
	page_field(p, label, _("IBAN"), t->iban);
	page_field(p, label, _("BIC"), t->bic);
	page_field(p, label, _("VAT number"), t->vat_id);
	page_field(p, label, _("Register"), t->register_no);
	page_field(p, label, _("Terms"), t->terms);
}

static void
about_draw(struct view *v, struct canvas *c, struct area a)
{
	struct profile *p = v->state;

	if (page_begin(&p->page, a.w)) {
		about_build(&p->page, &v->ui->session->tenant,
		    ui_narrow(v->ui) ? LABEL_NARROW : LABEL);
		page_end(&p->page);
	}
	page_draw(&p->page, c, a);
}

/* clang-format off */
static const struct binding profile_rows[] = {
	{ { K_ENTER }, ACT_OPEN, N_("choose"),
	  N_("Change details, password or e-mail, read about the provider, log out") },
};
/* clang-format on */

const struct screen screen_profile = {
    .name = "profile",
    .title = N_("Profile"),
    .bindings = BINDINGS(profile_rows),
    .state_size = sizeof(struct profile),
    .topics = TOPIC_ACCOUNT,
    .open = profile_open,
    .reload = profile_reload,
    .draw = profile_draw,
    .act = profile_act,
    .list = profile_list,
    .close = profile_close,
};

const struct screen screen_about = {
    .name = "about",
    .title = N_("About the provider"),
    .state_size = sizeof(struct profile),
    .open = about_open,
    .draw = about_draw,
    .list = profile_list,
    .close = profile_close,
};
