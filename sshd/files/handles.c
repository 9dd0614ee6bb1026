/*
 * The table of open files and directories.
 */
#include "sshd/files/handles.h"

#include <stdlib.h>
#include <string.h>

void
handles_release(struct handles *t)
{
	for (size_t i = 0; i < HANDLES; i++)
		if (t->rows[i].used)
			handle_close(t, &t->rows[i]);
}

enum err
handle_add(struct handles *t, const struct vfs_node *node,
    struct vfs_node *entries, size_t n, struct handle **out)
{
	struct handle *h = t->rows;
	uint32_t generation;

	while (h < t->rows + HANDLES && h->used)
		h++;
	if (h == t->rows + HANDLES)
		return ERR_LIMIT;
	generation = h->generation + 1;
	*h = (struct handle) {
	    .used = true,
	    .generation = generation,
	    .entries = entries,
	    .nentries = n,
	};
	vfs_file_init(&h->file, node);
	t->open++;
	*out = h;
	return ERR_NONE;
}

void
handle_close(struct handles *t, struct handle *h)
{
	vfs_file_release(&h->file);
	free(h->entries);
	h->entries = NULL;
	h->used = false;
	t->open--;
}

void
handle_name(unsigned char dst[HANDLE_BYTES], const struct handles *t,
    const struct handle *h)
{
	uint32_t row = (uint32_t)(h - t->rows);

	memcpy(dst, &row, sizeof(row));
	memcpy(dst + sizeof(row), &h->generation, sizeof(h->generation));
}

struct handle *
handle_find(struct handles *t, const void *name, size_t n)
{
	uint32_t row, generation;

	if (n != HANDLE_BYTES)
		return NULL;
	memcpy(&row, name, sizeof(row));
	memcpy(
	    &generation, (const char *)name + sizeof(row), sizeof(generation));
	if (row >= HANDLES || !t->rows[row].used ||
	    t->rows[row].generation != generation)
		return NULL;
	return &t->rows[row];
}
