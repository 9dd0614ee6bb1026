/*
 * SFTP: directories and names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/sshd/sftp_client.h"

#define T(name)                                                                \
	cmocka_unit_test_setup_teardown(                                       \
	    name, sftp_client_setup, sftp_client_teardown)

enum { SIZE = 0x1, UIDGID = 0x2, PERMISSIONS = 0x4, ACMODTIME = 0x8 };

struct entry {
	char name[VFS_NAME];
	char line[PKT_LONGNAME];
	uint32_t flags, mode, time;
	uint64_t size;
};

static void
take_text(struct sftp_client *c, char *dst, size_t size)
{
	size_t n = 0;
	const void *p = pkt_bytes(&c->rd, &n);

	assert_non_null(p);
	assert_true(n < size);
	memcpy(dst, p, n);
	dst[n] = '\0';
}

static void
take_entry(struct sftp_client *c, struct entry *e)
{
	*e = (struct entry) {.size = 0};
	take_text(c, e->name, sizeof(e->name));
	take_text(c, e->line, sizeof(e->line));
	e->flags = pkt_u32(&c->rd);
	if (e->flags & SIZE)
		e->size = pkt_u64(&c->rd);
	if (e->flags & UIDGID)
		(void)pkt_u64(&c->rd);
	if (e->flags & PERMISSIONS)
		e->mode = pkt_u32(&c->rd);
	if (e->flags & ACMODTIME) {
		e->time = pkt_u32(&c->rd);
		assert_int_equal(pkt_u32(&c->rd), e->time);
	}
	assert_int_equal(c->rd.err, ERR_NONE);
}

/* All of a directory: its entries (at most max) and the answers they took. */
static size_t
take_dir(struct sftp_client *c, const char *path, struct entry *list,
    size_t max, size_t *answers)
{
	struct buf handle;
	size_t n = 0;
	uint32_t count;

	*answers = 0;
	sftp_open(c, FXP_OPENDIR, path, &handle);
	for (;;) {
		sftp_ask_handle(c, FXP_READDIR, 1, &handle);
		assert_int_equal(sftp_send(c), ERR_NONE);
		if (sftp_answer(c) != FXP_NAME)
			break;
		++*answers;
		count = pkt_u32(&c->rd);
		assert_true(count > 0);
		while (count-- > 0) {
			assert_true(n < max);
			take_entry(c, &list[n++]);
		}
		assert_int_equal(rd_end(&c->rd), ERR_NONE);
	}
	assert_int_equal(pkt_u32(&c->rd), FX_EOF);
	sftp_close(c, &handle);
	return n;
}

static void
readdir_gives_the_root(void **state)
{
	static const char *const want[] = {
	    ".", "..", "README.txt", "invoices", "receipts"};
	struct entry list[8];
	size_t answers;

	assert_int_equal(take_dir(*state, ".", list, 8, &answers), 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(list[i].name, want[i]);
		assert_int_equal(list[i].mode, i == 2 ? 0100444 : 0040755);
	}
	assert_int_equal(list[2].size, 64);
	assert_int_equal(list[2].time, FAKE_TIME + 1);
}

static void
readdir_comes_in_batches(void **state)
{
	struct sftp_client *c = *state;
	struct entry *list;
	size_t answers, n;
	char name[32];

	c->fake.many = 2500;
	list = calloc(2600, sizeof(*list));
	assert_non_null(list);
	n = take_dir(c, "receipts", list, 2600, &answers);
	assert_int_equal(n, 2502);
	assert_true(answers > 20 && answers < 200);
	for (size_t i = 2; i < n; i++) {
		snprintf(name, sizeof(name), "RCP-%05zu.pdf", i - 2);
		assert_string_equal(list[i].name, name);
	}
	free(list);
}

static void
empty_directory_has_its_dots(void **state)
{
	struct entry list[4];
	size_t answers;

	assert_int_equal(take_dir(*state, "receipts", list, 4, &answers), 2);
}

static void
unmade_file_has_no_size_rather_than_a_wrong_one(void **state)
{
	struct sftp_client *c = *state;
	struct entry list[8];
	size_t answers, n;

	c->fake.unmade = true;
	n = take_dir(c, "invoices", list, 8, &answers);
	assert_int_equal(n, 6);
	for (size_t i = 2; i < n; i++)
		assert_int_equal(list[i].flags & SIZE,
		    strcmp(list[i].name, "INV-2.pdf") == 0 ? 0 : SIZE);
}

static void
opendir_needs_a_directory(void **state)
{
	struct sftp_client *c = *state;
	struct buf handle;

	sftp_ask_path(c, FXP_OPENDIR, 1, "README.txt");
	sftp_ask_path(c, FXP_OPENDIR, 2, "nope");
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 1), FX_FAILURE);
	assert_int_equal(sftp_status(c, 2), FX_NO_SUCH_FILE);
	sftp_open(c, FXP_OPEN, "README.txt", &handle);
	sftp_ask_handle(c, FXP_READDIR, 3, &handle);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 3), FX_FAILURE);
	sftp_close(c, &handle);
}

static void
realpath_is(struct sftp_client *c, const char *path, const char *want)
{
	struct entry e;

	sftp_ask_path(c, FXP_REALPATH, 1, path);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_answer(c), FXP_NAME);
	assert_int_equal(pkt_u32(&c->rd), 1);
	take_entry(c, &e);
	assert_string_equal(e.name, want);
	assert_int_equal(e.flags, 0);
	assert_int_equal(rd_end(&c->rd), ERR_NONE);
}

static void
realpath_normalises_and_reveals_nothing(void **state)
{
	struct sftp_client *c = *state;

	realpath_is(c, ".", "/");
	realpath_is(c, "", "/");
	realpath_is(c, "~", "/");
	realpath_is(c, "/..", "/");
	realpath_is(c, "invoices/../receipts/.", "/receipts");
	realpath_is(c, "nope/x", "/nope/x");
	assert_int_equal(c->fake.stats, 0);
	sftp_ask_path(c, FXP_REALPATH, 2, "a\x1b[31mb");
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 2), FX_NO_SUCH_FILE);
}

static void
longname_is(const struct vfs_node *node, int64_t now, const char *want)
{
	char line[PKT_LONGNAME];

	pkt_longname(line, node, node->name, now);
	assert_string_equal(line, want);
}

static void
longname_reads_like_ls(void **state)
{
	struct vfs_node node = {.name = "INV-1.pdf",
	    .size = 48213,
	    .mtime = 1778232660}; /* 2026-05-08 09:31 */
	struct vfs_node dir = {.dir = true, .name = "invoices"};
	char line[PKT_LONGNAME];

	(void)state;
	longname_is(&node, node.mtime + 86400,
	    "-r--r--r--    1 portal   portal      48213 May  8 09:31 "
	    "INV-1.pdf");
	longname_is(&node, node.mtime + 400 * 86400,
	    "-r--r--r--    1 portal   portal      48213 May  8  2026 "
	    "INV-1.pdf");
	pkt_longname(line, &dir, "..", 0);
	assert_string_equal(
	    line, "drwxr-xr-x    1 portal   portal          0 Jan  1 00:00 ..");
}

static void
longname_survives_absurd_times(void **state)
{
	static const int64_t times[] = {
	    INT64_MIN, INT64_MAX, -1, UINT32_MAX + 1LL};
	char line[PKT_LONGNAME];

	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct vfs_node node = {.name = "x", .mtime = times[i]};

		pkt_longname(line, &node, "x", 1760000000);
		assert_non_null(strstr(line, " x"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(readdir_gives_the_root),
	    T(readdir_comes_in_batches),
	    T(empty_directory_has_its_dots),
	    T(unmade_file_has_no_size_rather_than_a_wrong_one),
	    T(opendir_needs_a_directory),
	    T(realpath_normalises_and_reveals_nothing),
	    cmocka_unit_test(longname_reads_like_ls),
	    cmocka_unit_test(longname_survives_absurd_times),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
