/* Bindings as mdoc. */
#include "tui/manual.h"

#include <stdio.h>

#include "base/i18n.h"
#include "tui/input.h"
#include "tui/screens.h"

enum { MANUAL_MAX = 64 * 1024 };

/* mdoc takes a leading dot or quote, and a lone punctuation mark, its own way.
 */
static void
put_key(struct buf *out, uint32_t code)
{
	char name[16];

	key_name(name, code);
	buf_adds(out, " Ic ");
	if (name[1] == '\0' && (name[0] == '?' || name[0] == ':' ||
				   name[0] == '/' || name[0] == '.'))
		buf_adds(out, "\\&");
	buf_adds(out, name);
}

static void
put_bindings(struct buf *out, const char *title, const struct bindings *b)
{
	if (b->n == 0)
		return;
	buf_addf(
	    out, ".Ss %s\n.Bl -tag -width \"Shift-Tab\" -compact\n", title);
	for (size_t i = 0; i < b->n; i++) {
		const struct binding *row = &b->rows[i];

		buf_adds(out, ".It");
		for (int k = 0; k < BINDING_KEYS && row->keys[k] != 0; k++) {
			if (k > 0)
				buf_adds(out, " ,");
			put_key(out, row->keys[k]);
		}
		buf_addf(out, "\n%s\n", row->help);
	}
	buf_adds(out, ".El\n");
}

void
manual_keys(struct buf *out)
{
	put_bindings(out, "Every screen", &bindings_global);
	put_bindings(out, "Forms", &bindings_form);
	for (size_t i = 0; i < screens_count; i++)
		put_bindings(
		    out, screens_all[i]->title, &screens_all[i]->bindings);
}

int
manual_print(void)
{
	struct buf out;

	buf_init(&out, MANUAL_MAX);
	manual_keys(&out);
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	return 0;
}
