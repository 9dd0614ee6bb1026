/*
 * The file system in memory.
 */
#include "tests/sshd/fake_vfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *path;
	int64_t id, size; /* id 0: a directory */
} files[] = {
    {"/", 0, 0},
    {"/README.txt", FAKE_README, 64},
    {"/invoices", 0, 0},
    {"/invoices/EMPTY.pdf", FAKE_EMPTY, 0},
    {"/invoices/INV-1.pdf", FAKE_ONE, 100},
    {"/invoices/INV-2.pdf", FAKE_TWO, 200000},
    {"/invoices/INV-3.pdf", FAKE_THREE, 1000000},
    {"/receipts", 0, 0},
};
enum { FILES = sizeof(files) / sizeof(files[0]) };

unsigned char
fake_byte(int64_t id, uint64_t offset)
{
	return (unsigned char)((offset * 31 + offset / 251 + (uint64_t)id) ^
			       (offset >> 16));
}

static void
fill(struct vfs_node *node, size_t i)
{
	*node = (struct vfs_node) {
	    .dir = files[i].id == 0,
	    .size = files[i].size,
	    .mtime = FAKE_TIME + (int64_t)i,
	    .id = files[i].id,
	};
	snprintf(node->name, sizeof(node->name), "%s",
	    strrchr(files[i].path, '/') + 1);
}

static enum err
fake_stat(void *arg, const char *path, struct vfs_node *out)
{
	struct fake_vfs *f = arg;

	f->stats++;
	if (f->stat_err != ERR_NONE)
		return f->stat_err;
	for (size_t i = 0; i < FILES; i++)
		if (strcmp(files[i].path, path) == 0) {
			fill(out, i);
			return ERR_NONE;
		}
	return ERR_NOT_FOUND;
}

static bool
stands_in(const char *path, const char *dir)
{
	size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/' &&
	       path[len + 1] != '\0' && strchr(path + len + 1, '/') == NULL;
}

static enum err
fake_list(void *arg, const char *path, struct vfs_node **out, size_t *n)
{
	struct fake_vfs *f = arg;
	struct vfs_node dir, *list;
	size_t used = 0;
	enum err err;

	f->lists++;
	if ((err = fake_stat(f, path, &dir)))
		return err;
	if (!dir.dir)
		return ERR_NOT_FOUND;
	if ((list = calloc(FILES + f->many, sizeof(*list))) == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < FILES; i++)
		if (stands_in(files[i].path, path)) {
			fill(&list[used], i);
			if (f->unmade && files[i].id == FAKE_TWO)
				list[used].size = VFS_SIZE_UNKNOWN;
			used++;
		}
	for (size_t i = 0; i < f->many && strcmp(path, "/receipts") == 0; i++) {
		snprintf(list[used].name, sizeof(list[used].name),
		    "RCP-%05zu.pdf", i);
		list[used++].size = 1;
	}
	*out = list;
	*n = used;
	return ERR_NONE;
}

static enum err
fake_read(void *arg, const struct vfs_node *node, int64_t seq, struct buf *out)
{
	struct fake_vfs *f = arg;
	size_t n = vfs_chunk_len(node->size, seq);
	unsigned char *p = buf_reserve(out, n);

	f->reads++;
	if (node->id == f->broken_id && seq >= f->broken_from)
		return f->broken;
	if (p == NULL)
		return out->err;
	for (size_t i = 0; i < n; i++)
		p[i] = fake_byte(node->id, (uint64_t)seq * VFS_CHUNK + i);
	out->len += n;
	return ERR_NONE;
}

static enum err
fake_alive(void *arg)
{
	const struct fake_vfs *f = arg;

	return f->alive;
}

void
fake_vfs_init(struct fake_vfs *f)
{
	static const struct vfs_ops ops = {
	    .stat = fake_stat,
	    .list = fake_list,
	    .read = fake_read,
	    .alive = fake_alive,
	};

	*f = (struct fake_vfs) {.broken_id = -1};
	f->vfs = (struct vfs) {.ops = &ops, .arg = f, .wake_fd = -1};
}
