/*
 * Places: what stands in the root directory, one row of tree.c each.  A
 * provider answers for one place and all below it.
 */
#ifndef SSHD_FILES_PLACE_H
#define SSHD_FILES_PLACE_H

#include "data/session.h"
#include "sshd/files/vfs.h"

struct place;

/* What all providers share: one customer's session. */
struct tree {
	struct store *st;
	const struct session_env *env;
	int64_t started; /* an instant */
	bool customer;   /* false: nobody's files */
	bool stopping;
	struct buf readme;
	int64_t readme_at;
};

/*
 * rest is what follows the place's own name, without a slash: "" for itself.
 * Names, sizes and times are filled; "place" is set by tree.c.
 */
struct place_ops {
	enum err (*stat)(struct tree *t, const struct place *p,
	    const char *rest, struct vfs_node *out);
	enum err (*list)(struct tree *t, const struct place *p,
	    const char *rest, struct vfs_node **out, size_t *n);
	enum err (*read)(struct tree *t, const struct vfs_node *node,
	    int64_t seq, struct buf *out);
};

struct place {
	const char *name;
	const struct place_ops *ops;
	int kind;         /* the provider's own: which papers */
	const char *what; /* N_(): one line of README.txt, or NULL */
};

extern const struct place places[];
extern const size_t places_count;

/* Providers. */
extern const struct place_ops place_papers; /* kind: enum paper_kind */
extern const struct place_ops place_readme;

/* README.txt into t->readme, and its time. */
enum err readme_write(struct tree *t);

#endif
