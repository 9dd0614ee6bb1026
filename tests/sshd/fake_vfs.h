/*
 * A file system in memory for tests of the protocols: /README.txt,
 * /invoices/ with INV-1.pdf (100 bytes), INV-2.pdf (200,000), INV-3.pdf
 * (1,000,000) and EMPTY.pdf, and an empty /receipts/.
 */
#ifndef TESTS_SSHD_FAKE_VFS_H
#define TESTS_SSHD_FAKE_VFS_H

#include "sshd/files/vfs.h"

struct fake_vfs {
	struct vfs vfs;
	size_t stats, lists, reads; /* calls seen */
	size_t many;                /* so many more files in /receipts/ */
	int64_t broken_id;          /* reading this one fails with broken */
	int64_t broken_from;        /* from this chunk on */
	enum err broken;
	enum err stat_err; /* what stat gives for everything */
	enum err alive;
	bool unmade; /* lists give no size for INV-2.pdf */
};

enum { FAKE_TIME = 1760000000 };
enum { FAKE_README = 10, FAKE_ONE = 1, FAKE_TWO, FAKE_THREE, FAKE_EMPTY };

/* f->vfs is then ready, and stays good as long as f. */
void fake_vfs_init(struct fake_vfs *f);
/* The byte of a file at an offset. */
unsigned char fake_byte(int64_t id, uint64_t offset);

#endif
