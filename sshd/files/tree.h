/*
 * The portal's files of one session, as a vfs over its store.
 */
#ifndef SSHD_FILES_TREE_H
#define SSHD_FILES_TREE_H

#include "sshd/files/place.h"

/* st and env are borrowed; t must outlive the vfs. */
void tree_init(struct tree *t, struct store *st, const struct session_env *env);
void tree_release(struct tree *t);
struct vfs tree_vfs(struct tree *t);

#endif
