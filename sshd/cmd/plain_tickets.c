/*
 * Line mode: tickets are read, written, answered, closed and opened again.
 */
#include "data/ticket.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "sshd/cmd/plain.h"

/* What one asks about a new ticket, and the words that fit. */
struct question {
	const char *text; /* N_() */
	const char *words[5];
	const char *otherwise; /* what Enter means */
};

/* clang-format off */
static const struct question question_type = {
	.text = N_("Type (q question, f fault, b billing): "),
	.words = { "question", "fault", "billing" },
	.otherwise = "question",
};
static const struct question question_priority = {
	.text = N_("Priority (l low, m medium, h high): "),
	.words = { "low", "medium", "high" },
	.otherwise = "medium",
};
/* clang-format on */

/* A word, its first letter or Enter. */
static bool
ask_word(struct plain *p, const struct question *q, const char **word)
{
	char typed[64];
	size_t i;

	for (;;) {
		if (!prompt_line(&p->in, _(q->text), typed, sizeof(typed)))
			return false;
		if (typed[0] == '\0') {
			*word = q->otherwise;
			return true;
		}
		for (i = 0; q->words[i] != NULL; i++) {
			if (strcmp(typed, q->words[i]) == 0 ||
			    (typed[1] == '\0' && typed[0] == *q->words[i])) {
				*word = q->words[i];
				return true;
			}
		}
		prompt_error(
		    &p->in, _("\"%s\" is not one of the choices."), typed);
	}
}

/* A text that could not be sent is kept as long as somebody wants to try.
 * False: it is over. */
static bool
try_again(struct plain *p, enum err err, bool *again)
{
	*again = false;
	if (err != ERR_AWAY)
		return true;
	prompt_fail(&p->in, err);
	return prompt_confirm(
	    &p->in, _("What you wrote is still here. Try again?"), again);
}

/* Says how it went, and shows the list as it is now. */
static enum step
ticket_done(struct plain *p, enum err err, const char *done)
{
	if (err == ERR_NONE)
		fprintf(p->c->out, "%s\n", done);
	else
		prompt_fail(&p->in, err);
	if ((err = browse_reload(p)) != ERR_NONE)
		prompt_fail(&p->in, err);
	return STEP_STAY;
}

static enum step
ticket_new(struct plain *p)
{
	char subject[TICKET_SUBJECT], question[64 + TICKET_SUBJECT], done[128],
	    body[TICKET_BODY];
	const char *type, *priority;
	int64_t id = 0;
	bool yes;
	enum err err;

	if (!prompt_line(&p->in, _("Subject (Enter cancels): "), subject,
		sizeof(subject)))
		return STEP_LEAVE;
	if (subject[0] == '\0')
		return STEP_STAY;
	if (!ask_word(p, &question_type, &type) ||
	    !ask_word(p, &question_priority, &priority) ||
	    !prompt_lines(&p->in,
		_("Describe it. A line with only a dot "
		  "ends the text:"),
		body, sizeof(body)))
		return STEP_LEAVE;
	snprintf(question, sizeof(question), _("Send the new ticket \"%s\"?"),
	    subject);
	if (!prompt_confirm(&p->in, question, &yes))
		return STEP_LEAVE;
	if (!yes) {
		fprintf(p->c->out, "%s\n", _("Nothing was sent."));
		return STEP_STAY;
	}
	do {
		err =
		    ticket_create(p->c->st, subject, type, priority, body, &id);
		if (!try_again(p, err, &yes))
			return STEP_LEAVE;
	} while (yes);
	snprintf(
	    done, sizeof(done), _("Sent. It is ticket #%lld."), (long long)id);
	if (err == ERR_NONE)
		p->browse->at = 0;
	return ticket_done(p, err, done);
}

static enum step
ticket_read(struct plain *p)
{
	struct ticket t;
	enum err err;

	if ((err = ticket_get(p->c->st, browse_id(p), &t)) != ERR_NONE) {
		prompt_fail(&p->in, err);
		return STEP_STAY;
	}
	ticket_print(p->c, &t);
	ticket_release(&t);
	return STEP_STAY;
}

static enum step
ticket_answer(struct plain *p)
{
	char question[128], body[TICKET_BODY];
	int64_t id = browse_id(p);
	enum err err;
	bool yes;

	if (!prompt_lines(&p->in,
		_("Your reply. A line with only a dot ends "
		  "the text:"),
		body, sizeof(body)))
		return STEP_LEAVE;
	if (body[0] == '\0') {
		fprintf(p->c->out, "%s\n", _("Nothing was sent."));
		return STEP_STAY;
	}
	snprintf(question, sizeof(question),
	    _("Send this reply to ticket #%lld?"), (long long)id);
	if (!prompt_confirm(&p->in, question, &yes))
		return STEP_LEAVE;
	if (!yes) {
		fprintf(p->c->out, "%s\n", _("Nothing was sent."));
		return STEP_STAY;
	}
	do {
		err = ticket_reply(p->c->st, id, body);
		if (!try_again(p, err, &yes))
			return STEP_LEAVE;
	} while (yes);
	return ticket_done(p, err, _("Sent."));
}

/* Closes or opens again, after asking. */
static enum step
ticket_turn(struct plain *p, const char *question_format,
    enum err (*turn)(struct store *st, int64_t id), const char *done)
{
	int64_t id = browse_id(p);
	char question[128];
	bool yes;

	snprintf(question, sizeof(question), question_format, (long long)id);
	if (!prompt_confirm(&p->in, question, &yes))
		return STEP_LEAVE;
	if (!yes) {
		fprintf(p->c->out, "%s\n", _("Nothing was changed."));
		return STEP_STAY;
	}
	return ticket_done(p, turn(p->c->st, id), done);
}

static enum step
ticket_shut(struct plain *p)
{
	return ticket_turn(
	    p, _("Close ticket #%lld?"), ticket_close, _("Closed."));
}

static enum step
ticket_open_again(struct plain *p)
{
	return ticket_turn(p, _("Open ticket #%lld again?"), ticket_reopen,
	    _("Opened again."));
}

/* Is the ticket that is shown open?  Its status says so. */
static bool
row_is_open(struct plain *p)
{
	const struct rows *rows = &p->browse->rows;
	int i = listing_column(rows->listing, "status");
	const char *status;

	if (!browse_has_row(p) || i < 0)
		return false;
	status = rows_cell(rows, p->browse->at, (size_t)i)->s;
	return strcmp(status, "Closed") != 0 && strcmp(status, "Resolved") != 0;
}

static bool
row_is_closed(struct plain *p)
{
	return browse_has_row(p) && !row_is_open(p);
}

static int64_t
count_tickets(const struct account *a)
{
	return a->tickets;
}

/* clang-format off */
static const struct choice ticket_choices[] = {
	CHOICE_NEXT,
	CHOICE_PREVIOUS,
	{ .key = "o", .word = "open", .text = N_("[o]pen"),
	  .help = N_("read all of this ticket"),
	  .tab = TAB_COUNT, .fits = browse_has_row, .run = ticket_read },
	{ .key = "r", .word = "reply", .text = N_("[r]eply"),
	  .help = N_("answer this ticket"),
	  .tab = TAB_COUNT, .fits = browse_has_row, .run = ticket_answer },
	{ .key = "x", .word = "close", .text = N_("[x] close"),
	  .help = N_("close this ticket"),
	  .tab = TAB_COUNT, .fits = row_is_open, .run = ticket_shut },
	{ .key = "e", .word = "reopen", .text = N_("r[e]open"),
	  .help = N_("open this ticket again"),
	  .tab = TAB_COUNT, .fits = row_is_closed, .run = ticket_open_again },
	{ .key = "t", .word = "new", .text = N_("new [t]icket"),
	  .help = N_("write a new ticket"),
	  .tab = TAB_COUNT, .run = ticket_new },
	CHOICE_BACK,
};
static const struct browse_kind kind_tickets = {
	.listing = "tickets", .one = N_("Ticket"), .head = "id",
	.count = count_tickets, .choices = ticket_choices,
	.nchoices = sizeof(ticket_choices) / sizeof(ticket_choices[0]),
};
/* clang-format on */

enum step
plain_tickets(struct plain *p)
{
	return plain_browse(p, &kind_tickets);
}
