/*
 * The read-only file system that SFTP and scp serve: nodes below "/", given by
 * a provider.  Knows no protocol and no store.
 */
#ifndef SSHD_FILES_VFS_H
#define SSHD_FILES_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	VFS_NAME = 256,
	VFS_PATH = 1024,
	VFS_CHUNK = 64 * 1024,
	VFS_FILE_MODE = 0444,
	/* The owner is the provider, so that this reads "not you"; and a copy
	 * made with "-r" must stay writable for its new owner. */
	VFS_DIR_MODE = 0755,
};

#define VFS_SIZE_UNKNOWN (-1)

struct vfs_node {
	bool dir;
	char name[VFS_NAME]; /* the last part; "" for the root */
	int64_t size;        /* bytes of a file, or VFS_SIZE_UNKNOWN */
	int64_t mtime;       /* an instant */
	int64_t id;          /* the provider's own */
	const void *place;   /* the provider's own */
};

/* Paths given to a provider come from vfs_path(). */
struct vfs_ops {
	/* Size and times right, the file made if need be.  ERR_NOT_FOUND for
	 * what is not there and what is somebody else's alike. */
	enum err (*stat)(void *arg, const char *path, struct vfs_node *out);
	/* All of a directory, malloc'ed; ERR_NOT_FOUND for a file. */
	enum err (*list)(
	    void *arg, const char *path, struct vfs_node **out, size_t *n);
	/* Appends chunk seq (offset seq * VFS_CHUNK) of a file. */
	enum err (*read)(void *arg, const struct vfs_node *node, int64_t seq,
	    struct buf *out);
	/* Does not wait.  ERR_CLOSED: end now.  ERR_BUSY: end as soon as
	 * nothing is open. */
	enum err (*alive)(void *arg);
};

struct vfs {
	const struct vfs_ops *ops;
	void *arg;
	int wake_fd; /* readable when alive() may have changed; -1: never */
};

/*
 * What a client named, as an absolute path without ".", "..", "~" or empty
 * parts: relative to "/", and never above it.  ERR_NOT_FOUND for what no name
 * of ours can be: NUL, control or invisible characters, invalid UTF-8, length.
 */
enum err vfs_path(char dst[VFS_PATH], const void *src, size_t n);
/* "/" and "x" give "/x". */
enum err vfs_join(char dst[VFS_PATH], const char *dir, const char *name);
/* One part of a path that is safe to send to a client. */
bool vfs_name_valid(const char *name);
/* Bytes of chunk seq of a file of this size; 0 when it has no such chunk. */
size_t vfs_chunk_len(int64_t size, int64_t seq);

/* An open file: remembers the chunk that was read last. */
struct vfs_file {
	struct vfs_node node;
	struct buf chunk;
	int64_t seq; /* of chunk; -1: none */
};

void vfs_file_init(struct vfs_file *f, const struct vfs_node *node);
void vfs_file_release(struct vfs_file *f);
/*
 * Appends the len bytes at offset, fewer only where the file ends.  On an
 * error what was appended before it stays.
 */
enum err vfs_file_read(struct vfs_file *f, const struct vfs *vfs,
    uint64_t offset, size_t len, struct buf *out);

#endif
