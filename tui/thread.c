/* The thread of a ticket. */
#include "tui/thread.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "data/listing.h"

enum { TEXT = 512, INDENT = 3 };

/* "#8812 Slow evenings     Waiting on customer  Priority medium  Fault" */
static void
head(struct page *p, const struct ticket *t)
{
	bool waits = strcmp(t->status, "Waiting on customer") == 0;
	int room = p->width - 2, w;
	char subject[TEXT], facts[TEXT], type[WORD_SIZE];
	struct row r;

	snprintf(
	    subject, sizeof(subject), "#%lld %s", (long long)t->id, t->subject);
	word_label(type, word_text(t->type));
	snprintf(facts, sizeof(facts), _("Priority %s   %s"),
	    word_text(t->priority), type);
	w = (int)(text_width(word_text(t->status)) + text_width(facts)) + 3;
	row_init(&r);
	if ((int)text_width(subject) + 2 + w > room) {
		page_text(p, false, subject);
	} else {
		row_add(&r, subject);
		row_to(&r, room - w);
	}
	if (waits)
		row_bold(&r);
	row_add(&r, word_text(t->status));
	if (waits)
		row_plain(&r);
	if (w <= room)
		row_addf(&r, "   %s", facts);
	page_line(p, &r);
	if (w > room)
		page_text(p, false, facts);
}

static void
facts(struct page *p, const struct session *s, const struct ticket *t)
{
	char opened[DATE_SIZE], updated[DATE_SIZE];

	instant_text(opened, t->created_at, s->tenant.zone);
	instant_text(updated, t->updated_at, s->tenant.zone);
	page_textf(p, _("Opened %s, last change %s"), opened, updated);
	if (t->team[0] != '\0' && t->assigned_to[0] != '\0')
		page_textf(p, _("With %s, %s"), t->assigned_to, t->team);
	else if (t->team[0] != '\0' || t->assigned_to[0] != '\0')
		page_textf(p, _("With %s"),
		    t->team[0] != '\0' ? t->team : t->assigned_to);
}

/* A body's lines, set in under who wrote them. */
static void
body(struct page *p, const char *s)
{
	size_t columns = p->width > 12 ? (size_t)p->width - 2 - INDENT : 8;
	size_t n, skip;

	while ((n = text_wrap(s, columns, &skip)) + skip > 0) {
		char text[4 * CANVAS_COLS_MAX];
		struct row r;

		snprintf(text, sizeof(text), "%.*s",
		    n < sizeof(text) ? (int)n : (int)sizeof(text) - 1, s);
		row_init(&r);
		row_to(&r, INDENT - 1);
		row_add(&r, text);
		page_line(p, &r);
		s += n + skip;
	}
}

void
thread_page(struct page *p, const struct session *s, const struct ticket *t)
{
	head(p, t);
	facts(p, s, t);
	for (size_t i = 0; i < t->nmessages; i++) {
		const struct ticket_message *m = &t->messages[i];
		char date[DATE_SIZE], line[TEXT];

		page_blank(p);
		instant_text(date, m->at, s->tenant.zone);
		if (m->by_staff)
			snprintf(line, sizeof(line), "%s, %s",
			    m->author[0] != '\0' ? m->author : s->tenant.brand,
			    date);
		else
			snprintf(line, sizeof(line), _("You, %s"), date);
		page_text(p, true, line);
		body(p, m->body);
	}
}
