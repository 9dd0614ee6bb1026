/*
 * Marks every string a customer can see for gettext.  _() translates now,
 * N_() only marks (for tables of rows), ngettext() picks plural forms.
 */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>

#define _(s) gettext(s)
#define N_(s) (s)

#endif
