/*
 * A directory of papers: NUMBER.pdf for each invoice or receipt, made when its
 * size is first asked for.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "data/paper.h"
#include "sshd/files/place.h"

#define SUFFIX ".pdf"
enum { SUFFIX_LEN = sizeof(SUFFIX) - 1 };

static bool
paper_made(const struct paper *p)
{
	return p->id != 0 && p->size > 0;
}

static void
paper_node(const struct paper *p, struct vfs_node *out)
{
	out->dir = false;
	out->size = paper_made(p) ? p->size : VFS_SIZE_UNKNOWN;
	out->mtime = p->at;
	out->id = p->id;
}

/* As old as its newest paper, so that it changes when a paper comes. */
static enum err
dir_stat(struct tree *t, const struct place *place, struct vfs_node *out)
{
	struct paper *papers = NULL;
	size_t n = 0;
	enum err err;

	out->dir = true;
	out->mtime = t->started;
	if (!t->customer)
		return ERR_NONE;
	if ((err = paper_list(
		 t->st, (enum paper_kind)place->kind, &papers, &n)))
		return err;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || papers[i].at > out->mtime)
			out->mtime = papers[i].at;
	free(papers);
	return ERR_NONE;
}

static enum err
papers_stat(struct tree *t, const struct place *place, const char *rest,
    struct vfs_node *out)
{
	char number[sizeof(((struct paper *)0)->number)];
	struct paper paper;
	size_t len = strlen(rest);
	enum err err;

	if (len == 0)
		return dir_stat(t, place, out);
	if (!t->customer || len <= SUFFIX_LEN ||
	    len - SUFFIX_LEN >= sizeof(number) ||
	    strcmp(rest + len - SUFFIX_LEN, SUFFIX) != 0 ||
	    strchr(rest, '/') != NULL)
		return ERR_NOT_FOUND;
	memcpy(number, rest, len - SUFFIX_LEN);
	number[len - SUFFIX_LEN] = '\0';
	if ((err = paper_find(
		 t->st, (enum paper_kind)place->kind, number, &paper)))
		return err;
	if (!paper_made(&paper) && (err = paper_ensure(t->st, &paper)))
		return err;
	paper_node(&paper, out);
	return ERR_NONE;
}

/* The rows of a kind, all made if that can be. */
static enum err
papers_all(struct tree *t, enum paper_kind kind, struct paper **out, size_t *n)
{
	enum err err;
	size_t made = 0;

	if ((err = paper_list(t->st, kind, out, n)))
		return err;
	while (made < *n && paper_made(&(*out)[made]))
		made++;
	if (made == *n)
		return ERR_NONE;
	/* One that cannot be made must not hide the others: those left
	 * without a size are tried again when they are opened. */
	if ((err = paper_ensure_all(t->st, kind)) == ERR_CLOSED) {
		free(*out);
		return err;
	}
	free(*out);
	return paper_list(t->st, kind, out, n);
}

static enum err
papers_list(struct tree *t, const struct place *place, const char *rest,
    struct vfs_node **out, size_t *n)
{
	struct paper *papers = NULL;
	struct vfs_node *list;
	size_t total = 0, used = 0;
	enum err err;

	if (*rest != '\0')
		return ERR_NOT_FOUND;
	if (t->customer && (err = papers_all(t, (enum paper_kind)place->kind,
				&papers, &total)))
		return err;
	if ((list = calloc(total + 1, sizeof(*list))) == NULL) {
		free(papers);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < total; i++) {
		strcpy(list[used].name, papers[i].number);
		strcat(list[used].name, SUFFIX);
		paper_node(&papers[i], &list[used]);
		/* A provider's series may have a slash in it. */
		if (vfs_name_valid(list[used].name))
			used++;
	}
	free(papers);
	*out = list;
	*n = used;
	return ERR_NONE;
}

static enum err
papers_read(
    struct tree *t, const struct vfs_node *node, int64_t seq, struct buf *out)
{
	return paper_read(t->st, node->id, seq, out);
}

const struct place_ops place_papers = {
    .stat = papers_stat,
    .list = papers_list,
    .read = papers_read,
};
