/*
 * SFTP version 3 as bytes: numbers, strings, attributes.  Integers are
 * big-endian here, unlike those of base/buf.h.
 */
#ifndef SSHD_FILES_PACKET_H
#define SSHD_FILES_PACKET_H

#include "base/buf.h"
#include "sshd/files/vfs.h"

enum { PKT_VERSION = 3, PKT_LONGNAME = VFS_NAME + 96 };

enum fxp {
	FXP_INIT = 1,
	FXP_VERSION = 2,
	FXP_OPEN = 3,
	FXP_CLOSE = 4,
	FXP_READ = 5,
	FXP_WRITE = 6,
	FXP_LSTAT = 7,
	FXP_FSTAT = 8,
	FXP_SETSTAT = 9,
	FXP_FSETSTAT = 10,
	FXP_OPENDIR = 11,
	FXP_READDIR = 12,
	FXP_REMOVE = 13,
	FXP_MKDIR = 14,
	FXP_RMDIR = 15,
	FXP_REALPATH = 16,
	FXP_STAT = 17,
	FXP_RENAME = 18,
	FXP_READLINK = 19,
	FXP_SYMLINK = 20,
	FXP_STATUS = 101,
	FXP_HANDLE = 102,
	FXP_DATA = 103,
	FXP_NAME = 104,
	FXP_ATTRS = 105,
	FXP_EXTENDED = 200,
	FXP_EXTENDED_REPLY = 201,
};

enum fx {
	FX_OK = 0,
	FX_EOF = 1,
	FX_NO_SUCH_FILE = 2,
	FX_PERMISSION_DENIED = 3,
	FX_FAILURE = 4,
	FX_BAD_MESSAGE = 5,
	FX_OP_UNSUPPORTED = 8,
};

enum { FXF_READ = 1 };

void pkt_put_u32(struct buf *b, uint32_t v);
void pkt_put_u64(struct buf *b, uint64_t v);
void pkt_put_bytes(struct buf *b, const void *p, size_t n);
void pkt_put_str(struct buf *b, const char *s);
/* Attributes of a node; NULL: none of them. */
void pkt_put_attrs(struct buf *b, const struct vfs_node *node);

/* The error sticks to the cursor, as in base/buf.h. */
uint32_t pkt_u32(struct rd *r);
uint64_t pkt_u64(struct rd *r);
const void *pkt_bytes(struct rd *r, size_t *n);

/* A packet's length is known at its end: begin gives where it stands. */
size_t pkt_begin(struct buf *b, enum fxp type);
void pkt_end(struct buf *b, size_t mark);
/* Writes over a number that was put before. */
void pkt_patch_u32(struct buf *b, size_t at, uint32_t v);

/* A line as "ls -l" prints it, times in the process's zone. */
void pkt_longname(char dst[PKT_LONGNAME], const struct vfs_node *node,
    const char *name, int64_t now);

#endif
