/*
 * SFTP's framing: cuts what arrives into packets and gathers the answers into
 * large writes.
 */
#include "sshd/files/sftp.h"

#include <stdlib.h>

#include "sshd/files/sftp_request.h"

enum { LENGTH = 4 };

enum err
sftp_new(
    struct sftp **out, const struct vfs *vfs, sftp_send_fn *send, void *arg)
{
	struct sftp *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ERR_NOMEM;
	s->vfs = vfs;
	s->send = send;
	s->arg = arg;
	s->need = LENGTH;
	buf_init(&s->in, LENGTH + SFTP_PACKET_MAX);
	buf_init(&s->out, SFTP_FLUSH + 2 * SFTP_PACKET_MAX);
	*out = s;
	return ERR_NONE;
}

void
sftp_free(struct sftp *s)
{
	if (s == NULL)
		return;
	handles_release(&s->handles);
	buf_release(&s->in);
	buf_release(&s->out);
	free(s);
}

bool
sftp_partial(const struct sftp *s)
{
	return s->in.len > 0;
}

bool
sftp_busy(const struct sftp *s)
{
	return s->handles.open > 0 || sftp_partial(s);
}

static enum err
sftp_flush(struct sftp *s, size_t above)
{
	if (s->out.len <= above)
		return ERR_NONE;
	return s->send(s->arg, &s->out);
}

static enum err
packet_length(const unsigned char *p, size_t *len)
{
	struct rd r = rd_init(p, LENGTH);
	size_t n = pkt_u32(&r);

	if (n == 0)
		return ERR_PROTOCOL;
	if (n > SFTP_PACKET_MAX)
		return ERR_TOO_BIG;
	*len = n;
	return ERR_NONE;
}

static enum err
packet_answer(struct sftp *s, const unsigned char *p, size_t n)
{
	enum err err = sftp_request(s, p, n);

	if (err == ERR_NONE)
		err = s->out.err;
	if (err == ERR_NONE)
		err = sftp_flush(s, SFTP_FLUSH);
	return err;
}

/* Goes on with the packet in s->in; *used of p were needed. */
static enum err
input_rest(struct sftp *s, const unsigned char *p, size_t n, size_t *used)
{
	size_t len, take = s->need - s->in.len;
	enum err err;

	if (take > n)
		take = n;
	buf_add(&s->in, p, take);
	*used = take;
	if (s->in.err != ERR_NONE)
		return s->in.err;
	if (s->in.len < s->need)
		return ERR_NONE;
	if (s->need == LENGTH) {
		if ((err = packet_length(s->in.data, &len)))
			return err;
		s->need += len;
		return ERR_NONE;
	}
	err = packet_answer(s, s->in.data + LENGTH, s->in.len - LENGTH);
	buf_reset(&s->in);
	s->need = LENGTH;
	return err;
}

/* Answers the whole packets at p without a copy; *used is what they took. */
static enum err
input_whole(struct sftp *s, const unsigned char *p, size_t n, size_t *used)
{
	size_t at = 0, len;
	enum err err = ERR_NONE;

	while (err == ERR_NONE && n - at >= LENGTH) {
		if ((err = packet_length(p + at, &len)) ||
		    n - at - LENGTH < len)
			break;
		err = packet_answer(s, p + at + LENGTH, len);
		at += LENGTH + len;
	}
	*used = at;
	return err;
}

enum err
sftp_input(struct sftp *s, const void *p, size_t n)
{
	const unsigned char *at = p;
	enum err err = ERR_NONE, sent;
	size_t used;

	while (err == ERR_NONE && n > 0) {
		used = 0;
		if (s->in.len == 0)
			err = input_whole(s, at, n, &used);
		at += used;
		n -= used;
		if (err != ERR_NONE || n == 0)
			break;
		err = input_rest(s, at, n, &used);
		at += used;
		n -= used;
	}
	sent = s->out.err == ERR_NONE ? sftp_flush(s, 0) : s->out.err;
	return err != ERR_NONE ? err : sent;
}
