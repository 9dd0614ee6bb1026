/*
 * Paths and open files.  A path is taken apart here once; what a provider gets
 * needs no further distrust.
 */
#include "sshd/files/vfs.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

/* Cuts the last part off; the root stays. */
static size_t
path_up(const char *path, size_t len)
{
	while (len > 0 && path[--len] != '/')
		;
	return len;
}

enum err
vfs_path(char dst[VFS_PATH], const void *src, size_t n)
{
	char text[VFS_PATH], path[VFS_PATH] = "/";
	const char *p = text, *part;
	size_t len, used = 0;

	if (n >= sizeof(text) || (n > 0 && memchr(src, '\0', n) != NULL))
		return ERR_NOT_FOUND;
	if (n > 0)
		memcpy(text, src, n);
	text[n] = '\0';
	if (!text_is_clean(text, TEXT_LINE))
		return ERR_NOT_FOUND;
	if (*p == '~' && (p[1] == '\0' || p[1] == '/'))
		p++;
	while (*p != '\0') {
		part = p;
		len = strcspn(part, "/");
		p += len;
		p += *p == '/';
		if (len == 0 || (len == 1 && part[0] == '.'))
			continue;
		if (len == 2 && part[0] == '.' && part[1] == '.') {
			used = path_up(path, used);
			continue;
		}
		if (len >= VFS_NAME || used + 1 + len >= sizeof(path))
			return ERR_NOT_FOUND;
		path[used++] = '/';
		memcpy(path + used, part, len);
		used += len;
	}
	if (used == 0)
		path[used++] = '/';
	path[used] = '\0';
	memcpy(dst, path, used + 1);
	return ERR_NONE;
}

enum err
vfs_join(char dst[VFS_PATH], const char *dir, const char *name)
{
	size_t dirlen = strcmp(dir, "/") == 0 ? 0 : strlen(dir);
	size_t len = strlen(name);

	if (dirlen + 1 + len >= VFS_PATH)
		return ERR_TOO_BIG;
	memmove(dst, dir, dirlen);
	dst[dirlen] = '/';
	memcpy(dst + dirlen + 1, name, len + 1);
	return ERR_NONE;
}

bool
vfs_name_valid(const char *name)
{
	return name[0] != '\0' && strlen(name) < VFS_NAME &&
	       strchr(name, '/') == NULL && strcmp(name, ".") != 0 &&
	       strcmp(name, "..") != 0 && text_is_clean(name, TEXT_LINE);
}

size_t
vfs_chunk_len(int64_t size, int64_t seq)
{
	int64_t left;

	if (size <= 0 || seq < 0 || seq > (size - 1) / VFS_CHUNK)
		return 0;
	left = size - seq * VFS_CHUNK;
	return left < VFS_CHUNK ? (size_t)left : VFS_CHUNK;
}

void
vfs_file_init(struct vfs_file *f, const struct vfs_node *node)
{
	*f = (struct vfs_file) {.node = *node, .seq = -1};
	buf_init(&f->chunk, VFS_CHUNK);
}

void
vfs_file_release(struct vfs_file *f)
{
	buf_release(&f->chunk);
	f->seq = -1;
}

static enum err
file_fetch(struct vfs_file *f, const struct vfs *vfs, int64_t seq)
{
	size_t want = vfs_chunk_len(f->node.size, seq);
	enum err err;

	if (f->seq == seq)
		return ERR_NONE;
	f->seq = -1;
	buf_reset(&f->chunk);
	/* All at once: growing step by step would copy and clear. */
	if (buf_reserve(&f->chunk, want) == NULL)
		return f->chunk.err;
	if ((err = vfs->ops->read(vfs->arg, &f->node, seq, &f->chunk)))
		return err;
	if (f->chunk.err != ERR_NONE)
		return f->chunk.err;
	if (f->chunk.len != want)
		return ERR_IO;
	f->seq = seq;
	return ERR_NONE;
}

enum err
vfs_file_read(struct vfs_file *f, const struct vfs *vfs, uint64_t offset,
    size_t len, struct buf *out)
{
	uint64_t size = f->node.size > 0 ? (uint64_t)f->node.size : 0;
	size_t at, n;
	enum err err;

	if (offset >= size)
		return ERR_NONE;
	if (len > size - offset)
		len = (size_t)(size - offset);
	while (len > 0) {
		if ((err = file_fetch(f, vfs, (int64_t)(offset / VFS_CHUNK))))
			return err;
		at = (size_t)(offset % VFS_CHUNK);
		assert(at < f->chunk.len);
		n = f->chunk.len - at < len ? f->chunk.len - at : len;
		buf_add(out, f->chunk.data + at, n);
		offset += n;
		len -= n;
	}
	return out->err;
}
