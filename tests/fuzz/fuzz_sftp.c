/*
 * Feeds bytes to the SFTP server as a client would, over a file system in
 * memory: whole, and once more in pieces, which must give the same answers.
 * The first byte picks the size of the pieces.
 *
 * With -fsanitize=fuzzer this is a libFuzzer target; otherwise a program that
 * reads the files named, or standard input, once each.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sshd/files/packet.h"
#include "sshd/files/sftp.h"
#include "tests/sshd/fake_vfs.h"

enum { OUT_MAX = 64 * 1024 * 1024, IN_MAX = 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static enum err
collect(void *arg, struct buf *out)
{
	struct buf *all = arg;

	if (all->len + out->len > OUT_MAX)
		return ERR_CLOSED;
	buf_add(all, out->data, out->len);
	buf_reset(out);
	return all->err;
}

static void
require(int ok)
{
	if (!ok)
		abort();
}

/* Every answer is a whole packet that the OpenSSH client would take. */
static void
check_answers(const struct buf *all)
{
	struct rd rd = rd_buf(all);
	uint32_t len;

	while (rd.left > 0) {
		len = pkt_u32(&rd);
		require(rd.err == ERR_NONE && len >= 5 && len <= 256 * 1024);
		require(len <= rd.left);
		require(rd.p[0] == FXP_VERSION || rd.p[0] >= FXP_STATUS);
		rd.p += len;
		rd.left -= len;
	}
}

static enum err
serve(const uint8_t *p, size_t n, size_t piece, struct buf *all)
{
	static const unsigned char init[] = {0, 0, 0, 5, FXP_INIT, 0, 0, 0, 3};
	struct fake_vfs fake;
	struct sftp *sftp;
	enum err err;

	fake_vfs_init(&fake);
	fake.many = 300;
	buf_init(all, OUT_MAX);
	require(sftp_new(&sftp, &fake.vfs, collect, all) == ERR_NONE);
	err = sftp_input(sftp, init, sizeof(init));
	for (size_t at = 0; err == ERR_NONE && at < n; at += piece)
		err = sftp_input(sftp, p + at, n - at < piece ? n - at : piece);
	sftp_free(sftp);
	return err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf whole, pieces;
	enum err err;

	if (n < 2)
		return 0;
	err = serve(p + 1, n - 1, n, &whole);
	check_answers(&whole);
	if (serve(p + 1, n - 1, (size_t)p[0] + 1, &pieces) != err)
		abort();
	require(whole.len == pieces.len);
	require(
	    whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0);
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}

static void
run_file(FILE *f)
{
	uint8_t *p = malloc(IN_MAX);
	size_t n;

	require(p != NULL);
	n = fread(p, 1, IN_MAX, f);
	LLVMFuzzerTestOneInput(p, n);
	free(p);
}

/* Weak: libFuzzer brings its own. */
__attribute__((weak)) int
main(int argc, char **argv)
{
	FILE *f;

	if (argc < 2)
		run_file(stdin);
	for (int i = 1; i < argc; i++) {
		if ((f = fopen(argv[i], "re")) == NULL) {
			perror(argv[i]);
			return 1;
		}
		run_file(f);
		fclose(f);
	}
	return 0;
}
