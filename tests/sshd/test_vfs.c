/*
 * Paths as clients name them, and open files over chunks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/sshd/fake_vfs.h"

static void
path_is(const char *src, const char *want)
{
	char path[VFS_PATH];

	assert_int_equal(vfs_path(path, src, strlen(src)), ERR_NONE);
	assert_string_equal(path, want);
}

static void
path_is_refused(const void *src, size_t n)
{
	char path[VFS_PATH] = "as it was";

	assert_int_equal(vfs_path(path, src, n), ERR_NOT_FOUND);
	assert_string_equal(path, "as it was");
}

static void
path_spellings_of_the_root(void **state)
{
	static const char *const spellings[] = {"", "/", ".", "./", "//", "~",
	    "~/", "/.", "././.", "~/.", "/invoices/.."};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		path_is(spellings[i], "/");
}

static void
path_spellings_of_a_file(void **state)
{
	static const char *const spellings[] = {"a/b.pdf", "/a/b.pdf",
	    "~/a/b.pdf", "./a/b.pdf", "//a///b.pdf", "a/./b.pdf",
	    "a/c/../b.pdf", "../../a/b.pdf", "a/b.pdf/", "/x/../a/b.pdf"};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		path_is(spellings[i], "/a/b.pdf");
}

static void
path_never_leaves_the_root(void **state)
{
	(void)state;
	path_is("..", "/");
	path_is("/../../..", "/");
	path_is("../etc/passwd", "/etc/passwd");
	path_is("a/../../../b", "/b");
}

static void
path_keeps_dots_and_tildes_that_are_names(void **state)
{
	(void)state;
	path_is("...", "/...");
	path_is("~root", "/~root");
	path_is("a/~", "/a/~");
	path_is("..a/.b", "/..a/.b");
	path_is("z\xc3\xbc rich.pdf", "/z\xc3\xbc rich.pdf");
}

static void
path_refuses_hostile_bytes(void **state)
{
	(void)state;
	path_is_refused("a\0b", 3);
	path_is_refused("a\nb", 3);
	path_is_refused("\x1b[2J", 4);
	path_is_refused("a\x7f", 2);
	path_is_refused("\xc3", 1);
	path_is_refused("\xff\xfe", 2);
	path_is_refused("\xc0\xaf", 2); /* an overlong slash */
	path_is_refused("\xe2\x80\xae"
			"fdp",
	    6); /* a bidi override */
	path_is_refused("a\xc2\x9b"
			"b",
	    4); /* a C1 control */
}

static void
path_refuses_what_is_too_long(void **state)
{
	char name[2 * VFS_PATH];

	(void)state;
	memset(name, 'a', sizeof(name));
	path_is_refused(name, sizeof(name));
	path_is_refused(name, VFS_PATH);
	path_is_refused(name, VFS_NAME);
	for (size_t i = 1; i < sizeof(name); i += 2)
		name[i] = '/';
	path_is_refused(name, VFS_PATH);
}

static void
path_takes_the_longest_name(void **state)
{
	char name[VFS_NAME], path[VFS_PATH];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_int_equal(vfs_path(path, name, VFS_NAME - 1), ERR_NONE);
	assert_int_equal(strlen(path), VFS_NAME);
}

static void
join_knows_the_root(void **state)
{
	char path[VFS_PATH];

	(void)state;
	assert_int_equal(vfs_join(path, "/", "a"), ERR_NONE);
	assert_string_equal(path, "/a");
	assert_int_equal(vfs_join(path, "/a", "b.pdf"), ERR_NONE);
	assert_string_equal(path, "/a/b.pdf");
	assert_int_equal(vfs_join(path, path, "c"), ERR_NONE);
	assert_string_equal(path, "/a/b.pdf/c");
}

static void
names_that_are_unsafe_to_send(void **state)
{
	static const char *const bad[] = {"", ".", "..", "a/b", "a\n",
	    "C0644 1 x\n",
	    "\x1b"
	    "c",
	    "\xe2\x80\xae"
	    "fdp"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(vfs_name_valid(bad[i]));
	assert_true(vfs_name_valid("INV-2026-000498.pdf"));
	assert_true(vfs_name_valid("...a"));
}

static void
chunk_lengths_add_up(void **state)
{
	(void)state;
	assert_int_equal(vfs_chunk_len(0, 0), 0);
	assert_int_equal(vfs_chunk_len(-1, 0), 0);
	assert_int_equal(vfs_chunk_len(1, 0), 1);
	assert_int_equal(vfs_chunk_len(1, 1), 0);
	assert_int_equal(vfs_chunk_len(VFS_CHUNK, 0), VFS_CHUNK);
	assert_int_equal(vfs_chunk_len(VFS_CHUNK, 1), 0);
	assert_int_equal(vfs_chunk_len(VFS_CHUNK + 7, 1), 7);
	assert_int_equal(vfs_chunk_len(7, INT64_MAX), 0);
	assert_int_equal(vfs_chunk_len(INT64_MAX, INT64_MAX), 0);
	assert_int_equal(vfs_chunk_len(7, -1), 0);
}

/* An open INV-3.pdf over a fresh file system. */
struct opened {
	struct fake_vfs fake;
	struct vfs_file file;
	struct buf out;
};

static int
opened_setup(void **state)
{
	static struct opened o;
	struct vfs_node node;

	fake_vfs_init(&o.fake);
	if (o.fake.vfs.ops->stat(&o.fake, "/invoices/INV-3.pdf", &node))
		return -1;
	vfs_file_init(&o.file, &node);
	buf_init(&o.out, 2000000);
	*state = &o;
	return 0;
}

static int
opened_teardown(void **state)
{
	struct opened *o = *state;

	vfs_file_release(&o->file);
	buf_release(&o->out);
	return 0;
}

static void
read_is(struct opened *o, uint64_t offset, size_t len, size_t want)
{
	buf_reset(&o->out);
	assert_int_equal(
	    vfs_file_read(&o->file, &o->fake.vfs, offset, len, &o->out),
	    ERR_NONE);
	assert_int_equal(o->out.len, want);
	for (size_t i = 0; i < want; i++)
		assert_int_equal(
		    o->out.data[i], fake_byte(FAKE_THREE, offset + i));
}

static void
file_reads_any_range(void **state)
{
	struct opened *o = *state;

	read_is(o, 0, 1, 1);
	read_is(o, VFS_CHUNK - 1, 2, 2);
	read_is(o, 3, 300000, 300000);
	read_is(o, 0, 1000000, 1000000);
	read_is(o, 999999, 1, 1);
}

static void
file_reads_end_with_the_file(void **state)
{
	struct opened *o = *state;

	read_is(o, 999990, 100, 10);
	read_is(o, 1000000, 100, 0);
	read_is(o, UINT64_MAX, SIZE_MAX, 0);
	read_is(o, INT64_MAX, SIZE_MAX, 0);
}

static void
file_fetches_each_chunk_once(void **state)
{
	struct opened *o = *state;

	for (uint64_t at = 0; at < 1000000; at += 32768)
		read_is(
		    o, at, 32768, at + 32768 < 1000000 ? 32768 : 1000000 - at);
	assert_int_equal(o->fake.reads, 16);
}

static void
file_does_not_keep_a_chunk_that_failed(void **state)
{
	struct opened *o = *state;

	o->fake.broken_id = FAKE_THREE;
	o->fake.broken = ERR_BUSY;
	assert_int_equal(
	    vfs_file_read(&o->file, &o->fake.vfs, 0, 10, &o->out), ERR_BUSY);
	o->fake.broken_id = -1;
	read_is(o, 0, 10, 10);
}

static void
file_refuses_a_chunk_of_the_wrong_size(void **state)
{
	struct opened *o = *state;

	/* The provider says nothing is wrong and gives nothing. */
	o->fake.broken_id = FAKE_THREE;
	o->fake.broken = ERR_NONE;
	assert_int_equal(
	    vfs_file_read(&o->file, &o->fake.vfs, 0, 10, &o->out), ERR_IO);
	assert_int_equal(o->out.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(path_spellings_of_the_root),
	    cmocka_unit_test(path_spellings_of_a_file),
	    cmocka_unit_test(path_never_leaves_the_root),
	    cmocka_unit_test(path_keeps_dots_and_tildes_that_are_names),
	    cmocka_unit_test(path_refuses_hostile_bytes),
	    cmocka_unit_test(path_refuses_what_is_too_long),
	    cmocka_unit_test(path_takes_the_longest_name),
	    cmocka_unit_test(join_knows_the_root),
	    cmocka_unit_test(names_that_are_unsafe_to_send),
	    cmocka_unit_test(chunk_lengths_add_up),
	    cmocka_unit_test_setup_teardown(
		file_reads_any_range, opened_setup, opened_teardown),
	    cmocka_unit_test_setup_teardown(
		file_reads_end_with_the_file, opened_setup, opened_teardown),
	    cmocka_unit_test_setup_teardown(
		file_fetches_each_chunk_once, opened_setup, opened_teardown),
	    cmocka_unit_test_setup_teardown(
		file_does_not_keep_a_chunk_that_failed, opened_setup,
		opened_teardown),
	    cmocka_unit_test_setup_teardown(
		file_refuses_a_chunk_of_the_wrong_size, opened_setup,
		opened_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
