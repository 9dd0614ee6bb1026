/*
 * What each request of SFTP does, as a table of rows.  Whatever would write is
 * refused before its path is looked at, so a refusal tells nothing.
 */
#include "sshd/files/sftp_request.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
	NAMES_MAX = 100,         /* entries in one answer to READDIR */
	NAMES_BYTES = 32 * 1024, /* or about so many bytes */
	REPLIED = -1,
};

/* An enum fx for the status to be sent, or REPLIED. */
typedef int request_fn(struct sftp *s, uint32_t id, struct rd *r);

static const struct {
	enum err err;
	enum fx fx;
} codes[] = {
    {ERR_NONE, FX_OK},
    {ERR_NOT_FOUND, FX_NO_SUCH_FILE},
    {ERR_DENIED, FX_PERMISSION_DENIED},
    {ERR_UNSUPPORTED, FX_OP_UNSUPPORTED},
    {ERR_PROTOCOL, FX_BAD_MESSAGE},
};

static const struct {
	enum fx fx;
	const char *text;
} words[] = {
    {FX_OK, N_("Done.")},
    {FX_EOF, N_("End of file.")},
    {FX_NO_SUCH_FILE, N_("No such file or directory.")},
    {FX_PERMISSION_DENIED, N_("Nothing can be uploaded or changed here yet.")},
    {FX_FAILURE, N_("That did not work.")},
    {FX_BAD_MESSAGE, N_("The request is malformed.")},
    {FX_OP_UNSUPPORTED, N_("This server does not know that request.")},
};

static int
fail(struct sftp *s, enum err err)
{
	if (err == ERR_CLOSED)
		s->fatal = err;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].err == err)
			return (int)codes[i].fx;
	s->why = err_text(err);
	return FX_FAILURE;
}

static int
fail_with(struct sftp *s, const char *why)
{
	s->why = why;
	return FX_FAILURE;
}

static void
put_status(struct sftp *s, uint32_t id, enum fx fx)
{
	const char *text = s->why;
	size_t mark = pkt_begin(&s->out, FXP_STATUS);

	for (size_t i = 0; text == NULL; i++) {
		assert(i < sizeof(words) / sizeof(words[0]));
		if (words[i].fx == fx)
			text = _(words[i].text);
	}
	pkt_put_u32(&s->out, id);
	pkt_put_u32(&s->out, fx);
	pkt_put_str(&s->out, text);
	pkt_put_str(&s->out, "");
	pkt_end(&s->out, mark);
}

static int
put_attrs(struct sftp *s, uint32_t id, const struct vfs_node *node)
{
	size_t mark = pkt_begin(&s->out, FXP_ATTRS);

	pkt_put_u32(&s->out, id);
	pkt_put_attrs(&s->out, node);
	pkt_end(&s->out, mark);
	return REPLIED;
}

static int
put_handle(struct sftp *s, uint32_t id, const struct handle *h)
{
	unsigned char name[HANDLE_BYTES];
	size_t mark = pkt_begin(&s->out, FXP_HANDLE);

	handle_name(name, &s->handles, h);
	pkt_put_u32(&s->out, id);
	pkt_put_bytes(&s->out, name, sizeof(name));
	pkt_end(&s->out, mark);
	return REPLIED;
}

static enum err
get_path(struct rd *r, char path[VFS_PATH])
{
	size_t n = 0;
	const void *p = pkt_bytes(r, &n);

	return p == NULL ? ERR_PROTOCOL : vfs_path(path, p, n);
}

static struct handle *
get_handle(struct sftp *s, struct rd *r)
{
	size_t n = 0;
	const void *p = pkt_bytes(r, &n);

	return p == NULL ? NULL : handle_find(&s->handles, p, n);
}

static int
fail_handle(struct sftp *s, const struct rd *r)
{
	if (r->err != ERR_NONE)
		return FX_BAD_MESSAGE;
	return fail_with(s, _("That file is not open."));
}

static int
do_open(struct sftp *s, uint32_t id, struct rd *r)
{
	char path[VFS_PATH];
	enum err err = get_path(r, path);
	uint32_t flags = pkt_u32(r);
	struct vfs_node node;
	struct handle *h;

	/* Attributes may follow; they matter to a new file only. */
	if (r->err != ERR_NONE)
		return FX_BAD_MESSAGE;
	if ((flags & ~(uint32_t)FXF_READ) != 0)
		return FX_PERMISSION_DENIED;
	if (err != ERR_NONE ||
	    (err = s->vfs->ops->stat(s->vfs->arg, path, &node)))
		return fail(s, err);
	if (node.dir)
		return fail_with(s, _("That is a directory."));
	if ((err = handle_add(&s->handles, &node, NULL, 0, &h)))
		return fail(s, err);
	return put_handle(s, id, h);
}

static int
do_opendir(struct sftp *s, uint32_t id, struct rd *r)
{
	char path[VFS_PATH];
	struct vfs_node node, *entries;
	struct handle *h;
	size_t n;
	enum err err = get_path(r, path);

	if (err != ERR_NONE ||
	    (err = s->vfs->ops->stat(s->vfs->arg, path, &node)))
		return fail(s, err);
	if (!node.dir)
		return fail_with(s, _("That is not a directory."));
	if ((err = s->vfs->ops->list(s->vfs->arg, path, &entries, &n)))
		return fail(s, err);
	if ((err = handle_add(&s->handles, &node, entries, n, &h))) {
		free(entries);
		return fail(s, err);
	}
	return put_handle(s, id, h);
}

static int
do_close(struct sftp *s, uint32_t id, struct rd *r)
{
	struct handle *h = get_handle(s, r);

	(void)id;
	if (h == NULL)
		return fail_handle(s, r);
	handle_close(&s->handles, h);
	return FX_OK;
}

static int
do_read(struct sftp *s, uint32_t id, struct rd *r)
{
	struct handle *h = get_handle(s, r);
	uint64_t offset = pkt_u64(r), size;
	size_t len = pkt_u32(r), mark;
	enum err err;

	if (h == NULL || r->err != ERR_NONE)
		return fail_handle(s, r);
	if (h->file.node.dir)
		return fail_with(s, _("That is a directory."));
	if (len > SFTP_READ_MAX)
		len = SFTP_READ_MAX;
	size = h->file.node.size > 0 ? (uint64_t)h->file.node.size : 0;
	if (len > 0 && offset >= size)
		return FX_EOF;
	if (offset >= size)
		len = 0;
	else if (len > size - offset)
		len = (size_t)(size - offset);
	mark = pkt_begin(&s->out, FXP_DATA);
	pkt_put_u32(&s->out, id);
	pkt_put_u32(&s->out, (uint32_t)len);
	if ((err = vfs_file_read(&h->file, s->vfs, offset, len, &s->out))) {
		s->out.len = mark;
		return fail(s, err);
	}
	pkt_end(&s->out, mark);
	return REPLIED;
}

static int
do_stat(struct sftp *s, uint32_t id, struct rd *r)
{
	char path[VFS_PATH];
	struct vfs_node node;
	enum err err = get_path(r, path);

	if (err != ERR_NONE ||
	    (err = s->vfs->ops->stat(s->vfs->arg, path, &node)))
		return fail(s, err);
	return put_attrs(s, id, &node);
}

static int
do_fstat(struct sftp *s, uint32_t id, struct rd *r)
{
	struct handle *h = get_handle(s, r);

	if (h == NULL)
		return fail_handle(s, r);
	return put_attrs(s, id, &h->file.node);
}

static void
put_name(
    struct sftp *s, const struct vfs_node *node, const char *name, int64_t now)
{
	char line[PKT_LONGNAME];

	pkt_longname(line, node, name, now);
	pkt_put_str(&s->out, name);
	pkt_put_str(&s->out, line);
	pkt_put_attrs(&s->out, node);
}

static int
do_readdir(struct sftp *s, uint32_t id, struct rd *r)
{
	static const char *const dots[] = {".", ".."};
	enum { NDOTS = 2 };
	struct handle *h = get_handle(s, r);
	int64_t now = clock_now(NULL);
	size_t mark, count_at;
	uint32_t count = 0;

	if (h == NULL)
		return fail_handle(s, r);
	if (!h->file.node.dir)
		return fail_with(s, _("That is not a directory."));
	if (h->next >= NDOTS + h->nentries)
		return FX_EOF;
	mark = pkt_begin(&s->out, FXP_NAME);
	pkt_put_u32(&s->out, id);
	count_at = s->out.len;
	pkt_put_u32(&s->out, 0);
	while (h->next < NDOTS + h->nentries && count < NAMES_MAX &&
	       s->out.len - mark < NAMES_BYTES) {
		if (h->next < NDOTS)
			put_name(s, &h->file.node, dots[h->next], now);
		else
			put_name(s, &h->entries[h->next - NDOTS],
			    h->entries[h->next - NDOTS].name, now);
		h->next++;
		count++;
	}
	pkt_patch_u32(&s->out, count_at, count);
	pkt_end(&s->out, mark);
	return REPLIED;
}

/* By its words alone: whether it exists is for STAT to say. */
static int
do_realpath(struct sftp *s, uint32_t id, struct rd *r)
{
	char path[VFS_PATH];
	enum err err = get_path(r, path);
	size_t mark;

	if (err != ERR_NONE)
		return fail(s, err);
	mark = pkt_begin(&s->out, FXP_NAME);
	pkt_put_u32(&s->out, id);
	pkt_put_u32(&s->out, 1);
	pkt_put_str(&s->out, path);
	pkt_put_str(&s->out, path);
	pkt_put_attrs(&s->out, NULL);
	pkt_end(&s->out, mark);
	return REPLIED;
}

static int
do_refuse(struct sftp *s, uint32_t id, struct rd *r)
{
	(void)s;
	(void)id;
	(void)r;
	return FX_PERMISSION_DENIED;
}

static int
do_limits(struct sftp *s, uint32_t id, struct rd *r)
{
	size_t mark = pkt_begin(&s->out, FXP_EXTENDED_REPLY);

	(void)r;
	pkt_put_u32(&s->out, id);
	pkt_put_u64(&s->out, SFTP_PACKET_MAX);
	pkt_put_u64(&s->out, SFTP_READ_MAX);
	pkt_put_u64(&s->out, SFTP_READ_MAX); /* of WRITE: what would fit */
	pkt_put_u64(&s->out, HANDLES);
	pkt_end(&s->out, mark);
	return REPLIED;
}

static const struct {
	const char *name;
	const char *version;
	request_fn *run;
} extensions[] = {
    {"limits@openssh.com", "1", do_limits},
};
enum { EXTENSIONS = sizeof(extensions) / sizeof(extensions[0]) };

static int
do_extended(struct sftp *s, uint32_t id, struct rd *r)
{
	size_t n = 0;
	const void *name = pkt_bytes(r, &n);

	if (name == NULL)
		return FX_BAD_MESSAGE;
	for (size_t i = 0; i < EXTENSIONS; i++)
		if (n == strlen(extensions[i].name) &&
		    memcmp(name, extensions[i].name, n) == 0)
			return extensions[i].run(s, id, r);
	return FX_OP_UNSUPPORTED;
}

/* Not in the table: FX_OP_UNSUPPORTED.  So is READLINK: there are no links. */
static request_fn *const requests[] = {
    [FXP_OPEN] = do_open,
    [FXP_CLOSE] = do_close,
    [FXP_READ] = do_read,
    [FXP_WRITE] = do_refuse,
    [FXP_LSTAT] = do_stat,
    [FXP_FSTAT] = do_fstat,
    [FXP_SETSTAT] = do_refuse,
    [FXP_FSETSTAT] = do_refuse,
    [FXP_OPENDIR] = do_opendir,
    [FXP_READDIR] = do_readdir,
    [FXP_REMOVE] = do_refuse,
    [FXP_MKDIR] = do_refuse,
    [FXP_RMDIR] = do_refuse,
    [FXP_REALPATH] = do_realpath,
    [FXP_STAT] = do_stat,
    [FXP_RENAME] = do_refuse,
    [FXP_SYMLINK] = do_refuse,
    [FXP_EXTENDED] = do_extended,
};
enum { REQUESTS = sizeof(requests) / sizeof(requests[0]) };

/* Whatever version the client has, this is the one it gets. */
static enum err
answer_init(struct sftp *s, struct rd *r)
{
	size_t mark;

	(void)pkt_u32(r);
	if (r->err != ERR_NONE)
		return ERR_PROTOCOL;
	mark = pkt_begin(&s->out, FXP_VERSION);
	pkt_put_u32(&s->out, PKT_VERSION);
	for (size_t i = 0; i < EXTENSIONS; i++) {
		pkt_put_str(&s->out, extensions[i].name);
		pkt_put_str(&s->out, extensions[i].version);
	}
	pkt_end(&s->out, mark);
	s->started = true;
	return ERR_NONE;
}

enum err
sftp_request(struct sftp *s, const void *p, size_t n)
{
	struct rd r = rd_init(p, n);
	uint8_t type = rd_u8(&r);
	request_fn *run = type < REQUESTS ? requests[type] : NULL;
	uint32_t id;
	int fx = FX_OP_UNSUPPORTED;

	if (s->started == (type == FXP_INIT))
		return ERR_PROTOCOL;
	if (type == FXP_INIT)
		return answer_init(s, &r);
	id = pkt_u32(&r);
	if (r.err != ERR_NONE)
		return ERR_PROTOCOL;
	s->why = NULL;
	if (run != NULL)
		fx = run(s, id, &r);
	if (fx != REPLIED)
		put_status(s, id, (enum fx)fx);
	return s->fatal;
}
