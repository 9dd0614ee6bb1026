/*
 * One ticket with all its messages, as text and as an object.
 */
#include "data/ticket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/listing.h"
#include "sshd/cmd/cmd.h"

/* clang-format off */
static json_t *
js_messages(const struct ticket *t)
{
	const struct ticket_message *m;
	json_t *list = json_array();
	size_t i;

	for (i = 0; list != NULL && i < t->nmessages; i++) {
		m = &t->messages[i];
		if (json_array_append_new(list,
		    json_pack("{s:s, s:s, s:o, s:s}",
		    "by", m->by_staff ? "staff" : "customer",
		    "author", m->author,
		    "date", js_time(m->at),
		    "body", m->body)) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *
js_ticket(const struct ticket *t)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:b, s:o, s:o, s:o}",
	    "id", (json_int_t)t->id,
	    "subject", t->subject,
	    "status", t->status,
	    "priority", t->priority,
	    "type", t->type,
	    "open", (int)t->open,
	    "created", js_time(t->created_at),
	    "updated", js_time(t->updated_at),
	    "messages", js_messages(t));
}
/* clang-format on */

/* The message's lines, each set in by two. */
static void
print_body(FILE *out, const char *body)
{
	size_t n;

	while (*body != '\0') {
		n = strcspn(body, "\n");
		fprintf(out, n > 0 ? "  %.*s\n" : "%.*s\n", (int)n, body);
		body += n + (body[n] == '\n');
	}
}

void
ticket_print(struct cmd *c, const struct ticket *t)
{
	const struct ticket_message *m;
	size_t i;

	fprintf(
	    c->out, _("Ticket: #%1$lld %2$s\n"), (long long)t->id, t->subject);
	fprintf(c->out, _("Status: %s\n"), word_text(t->status));
	fprintf(c->out, _("Priority: %s\n"), word_text(t->priority));
	fprintf(c->out, _("Type: %s\n"), word_text(t->type));
	fprintf(c->out, _("Opened: %s\n"), say_time(c, t->created_at).s);
	fprintf(c->out, _("Last change: %s\n"), say_time(c, t->updated_at).s);
	for (i = 0; i < t->nmessages; i++) {
		m = &t->messages[i];
		fprintf(c->out, "\n%s, %s\n",
		    m->by_staff ? m->author : _("You"), say_time(c, m->at).s);
		print_body(c->out, m->body);
	}
}

/* "8812" or "#8812". */
static bool
ticket_id_parse(const char *s, int64_t *id)
{
	char *end;
	long long n;

	s += *s == '#';
	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	n = strtoll(s, &end, 10);
	if (*end != '\0' || errno != 0)
		return false;
	*id = n;
	return true;
}

int
cmd_ticket(struct cmd *c)
{
	struct ticket t;
	int64_t id;
	enum err err;
	int status = SESSION_EXIT_OK;

	if (!ticket_id_parse(c->args[0], &id))
		return cmd_refuse(c,
		    _("\"%s\" is not a ticket's number. "
		      "\"tickets\" lists them."),
		    c->args[0]);
	if ((err = ticket_get(c->st, id, &t)) == ERR_NOT_FOUND)
		return cmd_refuse(c,
		    _("There is no ticket %s. "
		      "\"tickets\" lists them."),
		    c->args[0]);
	if (err != ERR_NONE)
		return cmd_fail(c, err);
	if (c->json)
		status = cmd_print_json(c, js_ticket(&t));
	else
		ticket_print(c, &t);
	ticket_release(&t);
	return status;
}
