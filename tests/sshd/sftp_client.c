/*
 * The tests' SFTP client.
 */
#include "tests/sshd/sftp_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BIG = 64 * 1024 * 1024 };

static enum err
collect(void *arg, struct buf *out)
{
	struct sftp_client *c = arg;

	c->sends++;
	buf_add(&c->got, out->data, out->len);
	buf_reset(out);
	return c->got.err;
}

int
sftp_client_setup_silent(void **state)
{
	struct sftp_client *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return -1;
	fake_vfs_init(&c->fake);
	buf_init(&c->ask, BIG);
	buf_init(&c->got, BIG);
	buf_init(&c->body, BIG);
	*state = c;
	return sftp_new(&c->sftp, &c->fake.vfs, collect, c) == ERR_NONE ? 0
									: -1;
}

int
sftp_client_setup(void **state)
{
	struct sftp_client *c;

	if (sftp_client_setup_silent(state) != 0)
		return -1;
	c = *state;
	sftp_ask(c, FXP_INIT, PKT_VERSION);
	sftp_ask_end(c);
	if (sftp_send(c) != ERR_NONE || sftp_answer(c) != FXP_VERSION)
		return -1;
	return 0;
}

int
sftp_client_teardown(void **state)
{
	struct sftp_client *c = *state;

	sftp_free(c->sftp);
	buf_release(&c->ask);
	buf_release(&c->got);
	buf_release(&c->body);
	free(c);
	return 0;
}

void
sftp_ask(struct sftp_client *c, enum fxp type, uint32_t id)
{
	c->mark = pkt_begin(&c->ask, type);
	pkt_put_u32(&c->ask, id);
}

void
sftp_ask_end(struct sftp_client *c)
{
	pkt_end(&c->ask, c->mark);
}

void
sftp_ask_path(
    struct sftp_client *c, enum fxp type, uint32_t id, const char *path)
{
	sftp_ask(c, type, id);
	pkt_put_str(&c->ask, path);
	sftp_ask_end(c);
}

void
sftp_ask_open(
    struct sftp_client *c, uint32_t id, const char *path, uint32_t flags)
{
	sftp_ask(c, FXP_OPEN, id);
	pkt_put_str(&c->ask, path);
	pkt_put_u32(&c->ask, flags);
	pkt_put_u32(&c->ask, 0);
	sftp_ask_end(c);
}

void
sftp_ask_handle(
    struct sftp_client *c, enum fxp type, uint32_t id, const struct buf *handle)
{
	sftp_ask(c, type, id);
	pkt_put_bytes(&c->ask, handle->data, handle->len);
	sftp_ask_end(c);
}

void
sftp_ask_read(struct sftp_client *c, uint32_t id, const struct buf *handle,
    uint64_t offset, uint32_t len)
{
	sftp_ask(c, FXP_READ, id);
	pkt_put_bytes(&c->ask, handle->data, handle->len);
	pkt_put_u64(&c->ask, offset);
	pkt_put_u32(&c->ask, len);
	sftp_ask_end(c);
}

enum err
sftp_send(struct sftp_client *c)
{
	enum err err;

	assert_int_equal(c->ask.err, ERR_NONE);
	err = sftp_input(c->sftp, c->ask.data, c->ask.len);
	buf_reset(&c->ask);
	return err;
}

int
sftp_answer(struct sftp_client *c)
{
	struct rd rd = rd_buf(&c->got);
	size_t len;
	int type;

	if (c->got.len == 0)
		return 0;
	len = pkt_u32(&rd);
	assert_true(len >= 5 && len <= rd.left);
	/* What the OpenSSH client takes at most. */
	assert_true(len <= 256 * 1024);
	buf_reset(&c->body);
	buf_add(&c->body, rd.p, len);
	buf_consume(&c->got, 4 + len);
	c->rd = rd_buf(&c->body);
	type = rd_u8(&c->rd);
	c->id = pkt_u32(&c->rd);
	return type;
}

uint32_t
sftp_status(struct sftp_client *c, uint32_t id)
{
	uint32_t code;
	size_t n = 0;

	assert_int_equal(sftp_answer(c), FXP_STATUS);
	assert_int_equal(c->id, id);
	code = pkt_u32(&c->rd);
	assert_non_null(pkt_bytes(&c->rd, &n));
	assert_true(n > 0);
	assert_non_null(pkt_bytes(&c->rd, &n));
	assert_int_equal(rd_end(&c->rd), ERR_NONE);
	return code;
}

void
sftp_open(
    struct sftp_client *c, enum fxp type, const char *path, struct buf *handle)
{
	const void *p;
	size_t n = 0;

	if (type == FXP_OPEN)
		sftp_ask_open(c, 1000, path, FXF_READ);
	else
		sftp_ask_path(c, type, 1000, path);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_answer(c), FXP_HANDLE);
	assert_int_equal(c->id, 1000);
	p = pkt_bytes(&c->rd, &n);
	assert_non_null(p);
	assert_int_equal(rd_end(&c->rd), ERR_NONE);
	buf_init(handle, 256);
	buf_add(handle, p, n);
}

void
sftp_close(struct sftp_client *c, struct buf *handle)
{
	sftp_ask_handle(c, FXP_CLOSE, 1001, handle);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 1001), FX_OK);
	buf_release(handle);
}
