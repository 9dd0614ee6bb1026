/* Names and expiry of saved ways to pay, in the reader's language. */
#include "data/method_words.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"

enum { SOON_MONTHS = 1 };

void
method_text(char dst[METHOD_TEXT], const struct method *m)
{
	bool account = strcmp(m->type, "sepa") == 0;
	const char *name = account                        ? _("Bank account")
			   : m->brand[0] != '\0'          ? m->brand
			   : strcmp(m->type, "card") == 0 ? _("Card")
							  : _("Saved method");

	if (m->last4[0] == '\0')
		snprintf(dst, METHOD_TEXT, "%s", name);
	else if (account && m->brand[0] != '\0')
		/* TRANSLATORS: "Bank account ending 3000 (AT)" */
		snprintf(dst, METHOD_TEXT, _("%1$s ending %2$s (%3$s)"), name,
		    m->last4, m->brand);
	else
		/* TRANSLATORS: "Visa ending 4242" */
		snprintf(
		    dst, METHOD_TEXT, _("%1$s ending %2$s"), name, m->last4);
}

enum method_life
method_life(const struct method *m, int64_t today)
{
	struct date now = date_from_day(today);
	int64_t left;

	if (m->expires == 0)
		return METHOD_LASTS;
	left =
	    (m->expires / 100 - now.year) * 12 + m->expires % 100 - now.month;
	return left < 0              ? METHOD_EXPIRED
	       : left <= SOON_MONTHS ? METHOD_EXPIRES_SOON
				     : METHOD_LASTS;
}

void
method_expiry(char dst[METHOD_TEXT], const struct method *m, int64_t today)
{
	static const char *const formats[] = {
	    [METHOD_LASTS] = "%02d/%d",
	    [METHOD_EXPIRES_SOON] = N_("%02d/%d, expires soon"),
	    [METHOD_EXPIRED] = N_("%02d/%d, expired"),
	};

	dst[0] = '\0';
	if (m->expires != 0)
		snprintf(dst, METHOD_TEXT,
		    gettext(formats[method_life(m, today)]),
		    (int)(m->expires % 100), (int)(m->expires / 100));
}
