/*
 * Name, e-mail address, phone and address as rows.  They open nothing that
 * would say more, so nothing of them is cut.
 */
#include "tui/contact.h"

#include <stdio.h>

#include "base/text.h"
#include "tui/profile_fields.h"

enum { TEXT = 512, CITY = 128, NARROWEST = 8 };

static void
put(struct page *p, const char *s)
{
	int w = page_cols(p);
	size_t columns = (size_t)(w > NARROWEST ? w : NARROWEST), n, skip;

	while ((n = text_wrap(s, columns, &skip)) + skip > 0) {
		struct row r;

		row_init(&r);
		row_addf(&r, "%.*s", (int)n, s);
		page_row(p, &r, (struct target) {TARGET_NONE, 0});
		s += n + skip;
	}
}

static const char *
shown(const struct session *s, enum profile_field f)
{
	return s->settings.profile[f] == RIGHT_HIDDEN
		   ? ""
		   : profile_value(&s->customer, f);
}

/* Two texts, and what stands between them where there are two. */
static void
join(char *dst, size_t size, const char *first, const char *between,
    const char *second)
{
	snprintf(dst, size, "%s%s%s", first,
	    first[0] != '\0' && second[0] != '\0' ? between : "", second);
}

void
contact_rows(struct page *p, const struct session *s)
{
	const char *email = shown(s, PROFILE_FIELD_EMAIL);
	const char *phone = shown(s, PROFILE_FIELD_PHONE);
	char city[CITY], text[TEXT];

	put(p, shown(s, PROFILE_FIELD_NAME));
	join(text, sizeof(text), email, "  ", phone);
	if ((int)text_width(text) <= page_cols(p)) {
		put(p, text);
	} else {
		put(p, email);
		put(p, phone);
	}
	join(city, sizeof(city), shown(s, PROFILE_FIELD_POSTCODE), " ",
	    shown(s, PROFILE_FIELD_CITY));
	join(text, sizeof(text), shown(s, PROFILE_FIELD_STREET), ", ", city);
	put(p, text);
}
