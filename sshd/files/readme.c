/*
 * README.txt: what is here and how to fetch it, in this customer's own lines.
 * Written once a session, so that its size stays true.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/customer.h"
#include "data/paper.h"
#include "data/tenant.h"
#include "sshd/files/place.h"

enum { COLUMNS = 72, LINE = 512 };

static void
put_paragraph(struct buf *b, const char *text)
{
	size_t len, skip;

	while ((len = text_wrap(text, COLUMNS, &skip)) > 0 || skip > 0) {
		buf_add(b, text, len);
		buf_addc(b, '\n');
		text += len + skip;
	}
	buf_addc(b, '\n');
}

static void
put_title(struct buf *b, const char *title)
{
	char line[LINE];

	text_cut(line, sizeof(line), title, COLUMNS);
	buf_addf(b, "%s\n", line);
	for (size_t i = text_width(line); i > 0; i--)
		buf_addc(b, '=');
	buf_adds(b, "\n\n");
}

/* A line to be typed: never wrapped. */
static void
put_line(struct buf *b, const char *line)
{
	buf_addf(b, "  %s\n\n", line);
}

static void
put_places(struct buf *b)
{
	char name[LINE], line[LINE + 64];

	for (size_t i = 0; i < places_count; i++) {
		if (places[i].what == NULL)
			continue;
		snprintf(name, sizeof(name), "%s/NUMBER.pdf", places[i].name);
		snprintf(
		    line, sizeof(line), "  %-24s %s", name, _(places[i].what));
		buf_addf(b, "%s\n", line);
	}
	buf_addc(b, '\n');
}

static void
put_fetching(struct buf *b, const struct tree *t, const char *newest)
{
	char path[VFS_NAME], line[LINE], all[LINE + 16];

	put_paragraph(b, _("In a terminal on your own computer, with the same "
			   "e-mail and password, this fetches an invoice:"));
	snprintf(path, sizeof(path), "invoices/%s.pdf",
	    newest[0] != '\0' ? newest : "NUMBER");
	session_scp_line(line, sizeof(line), t->env, path);
	put_line(b, line);
	put_paragraph(b, _("All of them at once:"));
	session_scp_line(line, sizeof(line), t->env, "invoices");
	/* "scp …": the rest of the line is as the portal shows it. */
	snprintf(all, sizeof(all), "scp -r%s", line + strlen("scp"));
	put_line(b, all);
	put_paragraph(b, _("To look around first (ls, cd, get):"));
	session_scp_line(line, sizeof(line), t->env, "");
	line[strlen(line) - strlen(": .")] = '\0';
	snprintf(all, sizeof(all), "sftp%s", line + strlen("scp"));
	put_line(b, all);
	put_paragraph(b, _("Programs with windows (WinSCP, FileZilla, "
			   "Cyberduck) show the same files:"));
	snprintf(line, sizeof(line),
	    _("protocol SFTP, host %s, port %d, user %s"), t->env->host,
	    t->env->port, t->env->user);
	put_line(b, line);
	put_paragraph(b, _("Everything here is read-only. Nothing can be "
			   "uploaded yet."));
}

static void
put_contact(struct buf *b, const struct tenant *tenant)
{
	char text[sizeof(tenant->email) + sizeof(tenant->phone) + 64];
	bool both = tenant->email[0] != '\0' && tenant->phone[0] != '\0';

	if (tenant->email[0] == '\0' && tenant->phone[0] == '\0')
		return;
	snprintf(text, sizeof(text), _("Questions: %s%s%s"), tenant->email,
	    both ? ", " : "", tenant->phone);
	put_paragraph(b, text);
}

/* The newest of a kind: its number, and its time if that is later. */
static enum err
newest_of(struct tree *t, enum paper_kind kind, char number[33], int64_t *at)
{
	struct paper *papers = NULL;
	size_t n = 0;
	enum err err;

	if ((err = paper_list(t->st, kind, &papers, &n)))
		return err;
	for (size_t i = 0; i < n; i++)
		if (*at < papers[i].at)
			*at = papers[i].at;
	if (n > 0)
		snprintf(
		    number, sizeof(papers->number), "%s", papers[n - 1].number);
	free(papers);
	return ERR_NONE;
}

static enum err
write_customer(struct tree *t, struct buf *b, const struct tenant *tenant)
{
	char text[LINE], newest[PAPER_KINDS][33] = {{0}};
	struct customer customer;
	int64_t at = 0;
	enum err err;

	if ((err = customer_get(t->st, &customer)))
		return err;
	for (int kind = PAPER_INVOICE; kind < PAPER_KINDS; kind++)
		if ((err = newest_of(
			 t, (enum paper_kind)kind, newest[kind], &at)))
			return err;
	if (at > 0)
		t->readme_at = at;
	snprintf(text, sizeof(text),
	    _("These are the papers that %s keeps for %s, customer %s. Nobody "
	      "else can see them."),
	    tenant->brand, customer.name, customer.number);
	put_paragraph(b, text);
	put_places(b);
	put_fetching(b, t, newest[PAPER_INVOICE]);
	return ERR_NONE;
}

enum err
readme_write(struct tree *t)
{
	struct tenant tenant;
	enum err err;

	if (t->readme.len > 0)
		return ERR_NONE;
	if ((err = tenant_get(t->st, &tenant)))
		return err;
	t->readme_at = t->started;
	put_title(&t->readme, tenant.brand);
	if (t->customer)
		err = write_customer(t, &t->readme, &tenant);
	else
		put_paragraph(&t->readme,
		    _("This access belongs to no customer, so there are no "
		      "papers here."));
	put_contact(&t->readme, &tenant);
	if (err == ERR_NONE)
		err = t->readme.err;
	if (err != ERR_NONE) {
		buf_reset(&t->readme);
		return err;
	}
	while (t->readme.len > 1 && t->readme.data[t->readme.len - 2] == '\n')
		t->readme.len--;
	return ERR_NONE;
}

static enum err
readme_stat(struct tree *t, const struct place *place, const char *rest,
    struct vfs_node *out)
{
	enum err err;

	(void)place;
	if (*rest != '\0')
		return ERR_NOT_FOUND;
	if ((err = readme_write(t)))
		return err;
	out->size = (int64_t)t->readme.len;
	out->mtime = t->readme_at;
	return ERR_NONE;
}

static enum err
readme_list(struct tree *t, const struct place *place, const char *rest,
    struct vfs_node **out, size_t *n)
{
	(void)t;
	(void)place;
	(void)rest;
	(void)out;
	(void)n;
	return ERR_NOT_FOUND;
}

static enum err
readme_read(
    struct tree *t, const struct vfs_node *node, int64_t seq, struct buf *out)
{
	size_t len = vfs_chunk_len(node->size, seq);

	if (len > 0)
		buf_add(out, t->readme.data + seq * VFS_CHUNK, len);
	return out->err;
}

const struct place_ops place_readme = {
    .stat = readme_stat,
    .list = readme_list,
    .read = readme_read,
};
