/* Where translations are found. */
#include "base/i18n.h"

void
i18n_open(void)
{
	bindtextdomain("portal", PREFIX "/share/locale");
	bind_textdomain_codeset("portal", "UTF-8");
	textdomain("portal");
	(void)gettext("portal");
}
