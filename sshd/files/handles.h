/*
 * What a client has open: a bounded table of files and directories.
 */
#ifndef SSHD_FILES_HANDLES_H
#define SSHD_FILES_HANDLES_H

#include "sshd/files/vfs.h"

enum { HANDLES = 64, HANDLE_BYTES = 8 };

struct handle {
	bool used;
	uint32_t generation;  /* a closed handle's name is never valid again */
	struct vfs_file file; /* a directory's too, for its node */
	struct vfs_node *entries;
	size_t nentries;
	size_t next; /* entries sent; counts the two dots first */
};

struct handles {
	struct handle rows[HANDLES];
	size_t open;
};

void handles_release(struct handles *t);
/* A free row for this node; entries (of a directory) are owned from now on.
 * ERR_LIMIT: all are in use, entries stay the caller's. */
enum err handle_add(struct handles *t, const struct vfs_node *node,
    struct vfs_node *entries, size_t n, struct handle **out);
void handle_close(struct handles *t, struct handle *h);
/* The name that the client knows it by. */
void handle_name(unsigned char dst[HANDLE_BYTES], const struct handles *t,
    const struct handle *h);
struct handle *handle_find(struct handles *t, const void *name, size_t n);

#endif
