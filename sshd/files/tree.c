/*
 * The root directory: a table of places, and the way from a path to its
 * provider.
 */
#include "sshd/files/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "data/paper.h"

_Static_assert((int)VFS_CHUNK == (int)STORE_CHUNK, "one chunk, one read");

/* clang-format off */
const struct place places[] = {
	{ "README.txt", &place_readme, 0, NULL },
	{ "invoices", &place_papers, PAPER_INVOICE,
	    N_("every invoice, as a PDF") },
	{ "proformas", &place_papers, PAPER_PROFORMA,
	    N_("every proforma: paid, it is an invoice") },
	{ "credit-notes", &place_papers, PAPER_CREDIT_NOTE,
	    N_("what corrects an invoice, as a PDF") },
	{ "receipts", &place_papers, PAPER_RECEIPT,
	    N_("a receipt for each payment, as a PDF") },
};
/* clang-format on */
const size_t places_count = sizeof(places) / sizeof(places[0]);

void
tree_init(struct tree *t, struct store *st, const struct session_env *env)
{
	const struct identity *id = store_identity(st);

	*t = (struct tree) {
	    .st = st,
	    .env = env,
	    .started = clock_now(store_clock(st)),
	    .customer = id->role == ROLE_CUSTOMER && id->customer != 0,
	};
	buf_init(&t->readme, VFS_CHUNK);
}

void
tree_release(struct tree *t)
{
	buf_release(&t->readme);
}

/* "/invoices/X.pdf": the row of "invoices", and "X.pdf". */
static const struct place *
place_find(const char *path, const char **rest)
{
	const char *name = path + 1;
	size_t len = strcspn(name, "/");

	for (size_t i = 0; i < places_count; i++)
		if (strlen(places[i].name) == len &&
		    memcmp(places[i].name, name, len) == 0) {
			*rest = name + len + (name[len] == '/');
			return &places[i];
		}
	return NULL;
}

static enum err
place_stat(struct tree *t, const struct place *p, const char *rest,
    struct vfs_node *out)
{
	struct vfs_node node = {.place = p};
	const char *name = strrchr(rest, '/');
	enum err err;

	name = *rest == '\0' ? p->name : name == NULL ? rest : name + 1;
	if (strlen(name) >= sizeof(node.name))
		return ERR_NOT_FOUND;
	strcpy(node.name, name);
	if ((err = p->ops->stat(t, p, rest, &node)))
		return err;
	*out = node;
	return ERR_NONE;
}

static enum err
root_stat(struct tree *t, struct vfs_node *out)
{
	enum err err = readme_write(t);

	if (err != ERR_NONE)
		return err;
	*out = (struct vfs_node) {.dir = true, .mtime = t->readme_at};
	return ERR_NONE;
}

static enum err
root_list(struct tree *t, struct vfs_node **out, size_t *n)
{
	struct vfs_node *list = calloc(places_count, sizeof(*list));
	enum err err = ERR_NONE;

	if (list == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < places_count; i++)
		if ((err = place_stat(t, &places[i], "", &list[i]))) {
			free(list);
			return err;
		}
	*out = list;
	*n = places_count;
	return ERR_NONE;
}

static enum err
tree_stat(void *arg, const char *path, struct vfs_node *out)
{
	const struct place *p;
	const char *rest;

	if (strcmp(path, "/") == 0)
		return root_stat(arg, out);
	if ((p = place_find(path, &rest)) == NULL)
		return ERR_NOT_FOUND;
	return place_stat(arg, p, rest, out);
}

static enum err
tree_list(void *arg, const char *path, struct vfs_node **out, size_t *n)
{
	const struct place *p;
	const char *rest;
	enum err err;

	if (strcmp(path, "/") == 0)
		return root_list(arg, out, n);
	if ((p = place_find(path, &rest)) == NULL)
		return ERR_NOT_FOUND;
	if ((err = p->ops->list(arg, p, rest, out, n)))
		return err;
	for (size_t i = 0; i < *n; i++)
		(*out)[i].place = p;
	return ERR_NONE;
}

static enum err
tree_read(void *arg, const struct vfs_node *node, int64_t seq, struct buf *out)
{
	const struct place *p = node->place;

	return p == NULL ? ERR_NOT_FOUND : p->ops->read(arg, node, seq, out);
}

static enum err
tree_alive(void *arg)
{
	struct tree *t = arg;
	struct note note;
	bool got;

	do {
		if (store_note(t->st, &note, &got) != ERR_NONE)
			return ERR_CLOSED;
		if (got && note.type == NOTE_DISABLED)
			return ERR_CLOSED;
		if (got && note.type == NOTE_SHUTDOWN)
			t->stopping = true;
	} while (got);
	return t->stopping ? ERR_BUSY : ERR_NONE;
}

struct vfs
tree_vfs(struct tree *t)
{
	static const struct vfs_ops ops = {
	    .stat = tree_stat,
	    .list = tree_list,
	    .read = tree_read,
	    .alive = tree_alive,
	};

	return (struct vfs) {
	    .ops = &ops,
	    .arg = t,
	    .wake_fd = store_fd(t->st),
	};
}
