/*
 * Marks every string a customer can see for gettext.  _() translates now,
 * N_() only marks (for tables of rows), ngettext() picks plural forms.
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>

#define _(s) gettext(s)
#define N_(s) (s)

/*
 * For the programs of a session, after setlocale(): names the catalogue and
 * opens it, since no file can be opened once the sandbox is entered.  Texts are
 * UTF-8 whatever the locale.
 */
void i18n_open(void);

#endif
