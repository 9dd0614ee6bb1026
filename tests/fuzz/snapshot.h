/*
 * A store as it was: what a target changes is undone before its next input, so
 * that an input means the same every time.  From the first on the store is in
 * memory.
 */
#ifndef TESTS_FUZZ_SNAPSHOT_H
#define TESTS_FUZZ_SNAPSHOT_H

#include <stddef.h>

#include "tests/data/scratch.h"

struct snapshot {
	struct store *st;
	unsigned char *bytes;
	size_t len;
	int changes;
};

/* Takes the store as it is and removes its files. */
void snapshot_take(struct snapshot *s, struct scratch *scratch);
void snapshot_restore(struct snapshot *s);
/* Before it is taken: texts in it that no program of ours lets in. */
void snapshot_poison(struct scratch *scratch);

#endif
