/*
 * Sending files by the old scp protocol.
 */
#include "sshd/files/scp_send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

enum { DEPTH_MAX = 16, OUT_MAX = 4 * VFS_CHUNK };

/* Not those of SFTP: a client without -p gives its copy this mode at once,
 * and must be able to write over it the next time. */
#define COPY_MODE "0644"

/* The root's own name would be refused by every client. */
#define ROOT_NAME "portal"

void
scp_init(struct scp *s, struct stream *stream)
{
	*s = (struct scp) {.stream = stream, .vfs = stream->vfs};
	buf_init(&s->out, OUT_MAX);
}

void
scp_release(struct scp *s)
{
	buf_release(&s->out);
}

static enum err
read_byte(struct scp *s, unsigned char *c)
{
	enum err err;

	if (s->in_at == s->in_len) {
		s->in_at = s->in_len = 0;
		if ((err = stream_read(
			 s->stream, s->in, sizeof(s->in), &s->in_len)))
			return err;
		if (s->in_len == 0)
			return ERR_CLOSED;
	}
	*c = s->in[s->in_at++];
	return ERR_NONE;
}

enum err
scp_ack(struct scp *s, bool *ok)
{
	unsigned char level, c;
	enum err err;

	if ((err = stream_write(s->stream, &s->out)) ||
	    (err = read_byte(s, &level)))
		return err;
	if (level == 0) {
		*ok = true;
		return ERR_NONE;
	}
	if (level > 2)
		return ERR_PROTOCOL;
	/* The client's own words are for its own user. */
	do {
		if ((err = read_byte(s, &c)))
			return err;
	} while (c != '\n');
	if (level == 2)
		return ERR_CLOSED;
	s->failed = true;
	*ok = false;
	return ERR_NONE;
}

enum err
scp_say(struct scp *s, int level, const char *text)
{
	s->failed = true;
	buf_addf(&s->out, "%cscp: %s\n", level, text);
	return stream_write(s->stream, &s->out);
}

enum err
scp_complain(struct scp *s, const char *path, enum err why)
{
	char safe[VFS_PATH];
	char text[VFS_PATH + 256];
	const char *reason = why == ERR_NOT_FOUND
				 ? _("No such file or directory")
			     : why == ERR_UNSUPPORTED ? _("not a regular file")
						      : err_text(why);

	(void)text_clean(safe, sizeof(safe), path, strlen(path), TEXT_LINE);
	snprintf(text, sizeof(text), "%s: %s", safe, reason);
	return scp_say(s, 1, text);
}

static enum err
send_times(struct scp *s, const struct vfs_node *node, bool *ok)
{
	long long at = node->mtime > 0 ? (long long)node->mtime : 0;

	*ok = true;
	if (!s->times)
		return ERR_NONE;
	buf_addf(&s->out, "T%lld 0 %lld 0\n", at, at);
	return scp_ack(s, ok);
}

/*
 * The bytes that were announced, whatever happens: after a failure zeros, and
 * *why says so.
 */
static enum err
send_bytes(struct scp *s, const struct vfs_node *node, enum err *why)
{
	struct vfs_file file;
	uint64_t at = 0, size = (uint64_t)node->size;
	enum err err = ERR_NONE;
	unsigned char *p;
	size_t n;

	*why = ERR_NONE;
	vfs_file_init(&file, node);
	while (err == ERR_NONE && at < size) {
		n = size - at < VFS_CHUNK ? (size_t)(size - at) : VFS_CHUNK;
		if (*why == ERR_NONE)
			*why = vfs_file_read(&file, s->vfs, at, n, &s->out);
		if (*why == ERR_CLOSED) {
			err = *why;
			break;
		}
		if (*why != ERR_NONE) {
			buf_reset(&s->out);
			if ((p = buf_reserve(&s->out, n)) == NULL) {
				err = s->out.err;
				break;
			}
			memset(p, 0, n);
			s->out.len = n;
		}
		at += n;
		err = stream_write(s->stream, &s->out);
	}
	vfs_file_release(&file);
	return err;
}

static enum err
send_file(struct scp *s, const char *path, const struct vfs_node *node)
{
	enum err err, why;
	bool ok;

	if (node->size < 0 || !vfs_name_valid(node->name))
		return scp_complain(s, path, ERR_IO);
	if ((err = send_times(s, node, &ok)) || !ok)
		return err;
	buf_addf(&s->out, "C%s %lld %s\n", COPY_MODE, (long long)node->size,
	    node->name);
	if ((err = scp_ack(s, &ok)) || !ok || (err = send_bytes(s, node, &why)))
		return err;
	if (why == ERR_NONE)
		buf_addc(&s->out, '\0');
	else if ((err = scp_complain(s, path, why)))
		return err;
	return scp_ack(s, &ok);
}

static enum err send_dir(
    struct scp *s, const char *path, const struct vfs_node *node, int depth);

static enum err
send_node(
    struct scp *s, const char *path, const struct vfs_node *node, int depth)
{
	struct vfs_node fresh;
	enum err err;

	if (node->dir)
		return send_dir(s, path, node, depth);
	if (node->size < 0) {
		/* It could not be made with the rest: once more, alone. */
		if ((err = s->vfs->ops->stat(s->vfs->arg, path, &fresh)))
			return err == ERR_CLOSED ? err
						 : scp_complain(s, path, err);
		node = &fresh;
	}
	return send_file(s, path, node);
}

static enum err
send_entries(struct scp *s, const char *path, int depth)
{
	struct vfs_node *entries;
	char child[VFS_PATH];
	enum err err;
	size_t n;

	if ((err = s->vfs->ops->list(s->vfs->arg, path, &entries, &n)))
		return err == ERR_CLOSED ? err : scp_complain(s, path, err);
	for (size_t i = 0; err == ERR_NONE && i < n; i++) {
		if (vfs_join(child, path, entries[i].name) != ERR_NONE)
			continue;
		err = send_node(s, child, &entries[i], depth + 1);
	}
	free(entries);
	return err;
}

static enum err
send_dir(
    struct scp *s, const char *path, const struct vfs_node *node, int depth)
{
	const char *name = node->name[0] != '\0' ? node->name : ROOT_NAME;
	enum err err;
	bool ok;

	if (!s->recursive)
		return scp_complain(s, path, ERR_UNSUPPORTED);
	if (depth > DEPTH_MAX || !vfs_name_valid(name))
		return scp_complain(s, path, ERR_IO);
	if ((err = send_times(s, node, &ok)) || !ok)
		return err;
	buf_addf(&s->out, "D%04o 0 %s\n", (unsigned)VFS_DIR_MODE, name);
	if ((err = scp_ack(s, &ok)) || !ok)
		return err;
	if ((err = send_entries(s, path, depth)))
		return err;
	buf_adds(&s->out, "E\n");
	return scp_ack(s, &ok);
}

enum err
scp_send(struct scp *s, const char *path, const struct vfs_node *node)
{
	return send_node(s, path, node, 0);
}
