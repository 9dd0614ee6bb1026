/*
 * SFTP: opening, reading, attributes, and the refusal of whatever writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sshd/files/handles.h"
#include "tests/sshd/sftp_client.h"

#define T(name)                                                                \
	cmocka_unit_test_setup_teardown(                                       \
	    name, sftp_client_setup, sftp_client_teardown)

enum {
	FXF_WRITE = 2,
	FXF_APPEND = 4,
	FXF_CREAT = 8,
	FXF_TRUNC = 16,
	FXF_EXCL = 32
};

static void
data_is(struct sftp_client *c, uint32_t id, int64_t file, uint64_t offset,
    size_t want)
{
	const unsigned char *p;
	size_t n = 0;

	assert_int_equal(sftp_answer(c), FXP_DATA);
	assert_int_equal(c->id, id);
	p = pkt_bytes(&c->rd, &n);
	assert_non_null(p);
	assert_int_equal(n, want);
	assert_int_equal(rd_end(&c->rd), ERR_NONE);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(p[i], fake_byte(file, offset + i));
}

static void
attrs_are(struct sftp_client *c, uint64_t size, uint32_t mode, uint32_t time)
{
	assert_int_equal(sftp_answer(c), FXP_ATTRS);
	assert_int_equal(pkt_u32(&c->rd), 0x1 | 0x2 | 0x4 | 0x8);
	assert_int_equal(pkt_u64(&c->rd), size);
	(void)pkt_u32(&c->rd);
	(void)pkt_u32(&c->rd);
	assert_int_equal(pkt_u32(&c->rd), mode);
	assert_int_equal(pkt_u32(&c->rd), time);
	assert_int_equal(pkt_u32(&c->rd), time);
	assert_int_equal(rd_end(&c->rd), ERR_NONE);
}

static void
stat_gives_size_mode_and_time(void **state)
{
	struct sftp_client *c = *state;
	struct buf handle;

	sftp_ask_path(c, FXP_STAT, 1, "/invoices/INV-2.pdf");
	sftp_ask_path(c, FXP_LSTAT, 2, "~/invoices/INV-2.pdf");
	sftp_ask_path(c, FXP_STAT, 3, "invoices");
	sftp_ask_path(c, FXP_STAT, 4, "");
	assert_int_equal(sftp_send(c), ERR_NONE);
	attrs_are(c, 200000, 0100444, FAKE_TIME + 5);
	attrs_are(c, 200000, 0100444, FAKE_TIME + 5);
	attrs_are(c, 0, 0040755, FAKE_TIME + 2);
	attrs_are(c, 0, 0040755, FAKE_TIME);
	sftp_open(c, FXP_OPEN, "/invoices/INV-2.pdf", &handle);
	sftp_ask_handle(c, FXP_FSTAT, 5, &handle);
	assert_int_equal(sftp_send(c), ERR_NONE);
	attrs_are(c, 200000, 0100444, FAKE_TIME + 5);
	buf_release(&handle);
}

static void
unknown_and_hostile_paths_look_the_same(void **state)
{
	struct sftp_client *c = *state;
	static const struct {
		const char *p;
		size_t n;
	} paths[] = {{"nope", 4}, {"invoices/INV-9.pdf", 18},
	    {"invoices/INV-1.pdf\0", 19}, {"a\nb", 3}, {"\xff", 1},
	    {"../../etc/passwd", 16}, {"README.txt/x", 12}};
	struct buf first;

	buf_init(&first, 4096);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		sftp_ask(c, FXP_OPEN, 1);
		pkt_put_bytes(&c->ask, paths[i].p, paths[i].n);
		pkt_put_u32(&c->ask, FXF_READ);
		pkt_put_u32(&c->ask, 0);
		sftp_ask_end(c);
		assert_int_equal(sftp_send(c), ERR_NONE);
		if (i == 0)
			buf_add(&first, c->got.data, c->got.len);
		assert_int_equal(c->got.len, first.len);
		assert_memory_equal(c->got.data, first.data, first.len);
		assert_int_equal(sftp_status(c, 1), FX_NO_SUCH_FILE);
	}
	buf_release(&first);
}

static void
reads_any_offset_and_length(void **state)
{
	struct sftp_client *c = *state;
	struct buf handle;

	sftp_open(c, FXP_OPEN, "invoices/INV-3.pdf", &handle);
	sftp_ask_read(c, 1, &handle, 0, 1);
	sftp_ask_read(c, 2, &handle, 65535, 2);
	sftp_ask_read(c, 3, &handle, 999999, 4096);
	sftp_ask_read(c, 4, &handle, 17, 200000);
	sftp_ask_read(c, 5, &handle, 17, 0);
	assert_int_equal(sftp_send(c), ERR_NONE);
	data_is(c, 1, FAKE_THREE, 0, 1);
	data_is(c, 2, FAKE_THREE, 65535, 2);
	data_is(c, 3, FAKE_THREE, 999999, 1);
	data_is(c, 4, FAKE_THREE, 17, 200000);
	data_is(c, 5, FAKE_THREE, 17, 0);
	sftp_close(c, &handle);
}

static void
read_is_cut_to_what_a_packet_holds(void **state)
{
	struct sftp_client *c = *state;
	struct buf handle;

	sftp_open(c, FXP_OPEN, "invoices/INV-3.pdf", &handle);
	sftp_ask_read(c, 1, &handle, 5, UINT32_MAX);
	assert_int_equal(sftp_send(c), ERR_NONE);
	data_is(c, 1, FAKE_THREE, 5, SFTP_READ_MAX);
	sftp_close(c, &handle);
}

static void
read_at_or_past_the_end_is_eof(void **state)
{
	struct sftp_client *c = *state;
	static const uint64_t offsets[] = {
	    100, 101, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
	struct buf handle;

	sftp_open(c, FXP_OPEN, "invoices/INV-1.pdf", &handle);
	for (uint32_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		sftp_ask_read(c, i, &handle, offsets[i], 4096);
		assert_int_equal(sftp_send(c), ERR_NONE);
		assert_int_equal(sftp_status(c, i), FX_EOF);
	}
	sftp_close(c, &handle);
	sftp_open(c, FXP_OPEN, "invoices/EMPTY.pdf", &handle);
	sftp_ask_read(c, 9, &handle, 0, 4096);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 9), FX_EOF);
	sftp_close(c, &handle);
}

static void
pipelined_reads_fetch_each_chunk_once(void **state)
{
	struct sftp_client *c = *state;
	struct buf handle;
	uint32_t id = 0;

	sftp_open(c, FXP_OPEN, "invoices/INV-3.pdf", &handle);
	for (uint64_t at = 0; at < 1000000; at += 30000)
		sftp_ask_read(c, id++, &handle, at, 30000);
	assert_int_equal(sftp_send(c), ERR_NONE);
	id = 0;
	for (uint64_t at = 0; at < 1000000; at += 30000)
		data_is(c, id++, FAKE_THREE, at,
		    at + 30000 < 1000000 ? 30000 : 1000000 - at);
	assert_int_equal(c->fake.reads, 16);
	sftp_close(c, &handle);
}

static void
interleaved_files_keep_their_bytes(void **state)
{
	struct sftp_client *c = *state;
	struct buf two, three;

	sftp_open(c, FXP_OPEN, "invoices/INV-2.pdf", &two);
	sftp_open(c, FXP_OPEN, "invoices/INV-3.pdf", &three);
	for (uint32_t i = 0; i < 10; i++) {
		sftp_ask_read(c, 2 * i, &two, i * 20000, 20000);
		sftp_ask_read(c, 2 * i + 1, &three, i * 20000, 20000);
	}
	assert_int_equal(sftp_send(c), ERR_NONE);
	for (uint32_t i = 0; i < 10; i++) {
		data_is(c, 2 * i, FAKE_TWO, i * 20000, 20000);
		data_is(c, 2 * i + 1, FAKE_THREE, i * 20000, 20000);
	}
	sftp_close(c, &two);
	sftp_close(c, &three);
}

static void
failed_read_leaves_no_part_of_an_answer(void **state)
{
	struct sftp_client *c = *state;
	struct buf handle;

	sftp_open(c, FXP_OPEN, "invoices/INV-3.pdf", &handle);
	c->fake.broken_id = FAKE_THREE;
	c->fake.broken_from = 1;
	c->fake.broken = ERR_BUSY;
	sftp_ask_read(c, 1, &handle, 0, 100000);
	sftp_ask_read(c, 2, &handle, 0, 100);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 1), FX_FAILURE);
	data_is(c, 2, FAKE_THREE, 0, 100);
	sftp_close(c, &handle);
}

static void
open_for_writing_is_denied_for_every_path_alike(void **state)
{
	struct sftp_client *c = *state;
	static const uint32_t flags[] = {FXF_WRITE, FXF_READ | FXF_WRITE,
	    FXF_APPEND, FXF_CREAT, FXF_READ | FXF_TRUNC, FXF_EXCL,
	    FXF_READ | 0x40, FXF_WRITE | FXF_CREAT | FXF_TRUNC};
	static const char *const paths[] = {
	    "README.txt", "nope", "/", "invoices/INV-1.pdf", "a\nb"};

	for (uint32_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		for (size_t p = 0; p < sizeof(paths) / sizeof(paths[0]); p++) {
			sftp_ask_open(c, i, paths[p], flags[i]);
			assert_int_equal(sftp_send(c), ERR_NONE);
			assert_int_equal(
			    sftp_status(c, i), FX_PERMISSION_DENIED);
		}
	assert_int_equal(c->fake.stats, 0);
}

static void
whatever_writes_is_denied(void **state)
{
	struct sftp_client *c = *state;
	static const enum fxp types[] = {FXP_WRITE, FXP_SETSTAT, FXP_FSETSTAT,
	    FXP_REMOVE, FXP_MKDIR, FXP_RMDIR, FXP_RENAME, FXP_SYMLINK};

	for (uint32_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		sftp_ask_path(c, types[i], i, "README.txt");
		sftp_ask_path(c, types[i], i, "nope");
		assert_int_equal(sftp_send(c), ERR_NONE);
		assert_int_equal(sftp_status(c, i), FX_PERMISSION_DENIED);
		assert_int_equal(sftp_status(c, i), FX_PERMISSION_DENIED);
	}
	assert_int_equal(c->fake.stats, 0);
}

static void
refusal_says_why(void **state)
{
	struct sftp_client *c = *state;
	const char *text;
	size_t n = 0;

	sftp_ask_open(c, 1, "photo.jpg", FXF_WRITE | FXF_CREAT);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_answer(c), FXP_STATUS);
	(void)pkt_u32(&c->rd);
	text = pkt_bytes(&c->rd, &n);
	assert_non_null(memmem(text, n, "uploaded", 8));
}

static void
directory_is_no_file(void **state)
{
	struct sftp_client *c = *state;
	struct buf handle;

	sftp_ask_open(c, 1, "invoices", FXF_READ);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 1), FX_FAILURE);
	sftp_open(c, FXP_OPENDIR, "invoices", &handle);
	sftp_ask_read(c, 2, &handle, 0, 10);
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 2), FX_FAILURE);
	sftp_close(c, &handle);
}

static void
handles_are_bounded_and_come_back(void **state)
{
	struct sftp_client *c = *state;
	struct buf handles[HANDLES];

	for (size_t i = 0; i < HANDLES; i++)
		sftp_open(c, i % 2 ? FXP_OPEN : FXP_OPENDIR,
		    i % 2 ? "README.txt" : "invoices", &handles[i]);
	sftp_ask_open(c, 1, "README.txt", FXF_READ);
	sftp_ask_path(c, FXP_OPENDIR, 2, "/");
	assert_int_equal(sftp_send(c), ERR_NONE);
	assert_int_equal(sftp_status(c, 1), FX_FAILURE);
	assert_int_equal(sftp_status(c, 2), FX_FAILURE);
	/* Not in the order in which they were opened. */
	sftp_close(c, &handles[17]);
	sftp_open(c, FXP_OPEN, "invoices/INV-1.pdf", &handles[17]);
	for (size_t i = 0; i < HANDLES; i++)
		sftp_close(c, &handles[(i * 29) % HANDLES]);
	assert_false(sftp_busy(c->sftp));
}

static void
closed_handle_is_never_valid_again(void **state)
{
	struct sftp_client *c = *state;
	struct buf old, copy, new;

	sftp_open(c, FXP_OPEN, "invoices/INV-1.pdf", &old);
	buf_init(&copy, 256);
	buf_add(&copy, old.data, old.len);
	sftp_close(c, &old);
	sftp_open(c, FXP_OPEN, "invoices/INV-2.pdf", &new);
	sftp_ask_read(c, 1, &copy, 0, 10);
	sftp_ask_handle(c, FXP_CLOSE, 2, &copy);
	sftp_ask_handle(c, FXP_FSTAT, 3, &copy);
	sftp_ask_handle(c, FXP_READDIR, 4, &copy);
	assert_int_equal(sftp_send(c), ERR_NONE);
	for (uint32_t id = 1; id <= 4; id++)
		assert_int_equal(sftp_status(c, id), FX_FAILURE);
	sftp_close(c, &new);
	buf_release(&copy);
}

static void
invented_handles_are_refused(void **state)
{
	struct sftp_client *c = *state;
	unsigned char name[16];

	for (uint32_t len = 0; len <= sizeof(name); len++) {
		memset(name, (int)len * 37, sizeof(name));
		sftp_ask(c, FXP_READ, len);
		pkt_put_bytes(&c->ask, name, len);
		pkt_put_u64(&c->ask, 0);
		pkt_put_u32(&c->ask, 10);
		sftp_ask_end(c);
		assert_int_equal(sftp_send(c), ERR_NONE);
		assert_int_equal(sftp_status(c, len), FX_FAILURE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(stat_gives_size_mode_and_time),
	    T(unknown_and_hostile_paths_look_the_same),
	    T(reads_any_offset_and_length),
	    T(read_is_cut_to_what_a_packet_holds),
	    T(read_at_or_past_the_end_is_eof),
	    T(pipelined_reads_fetch_each_chunk_once),
	    T(interleaved_files_keep_their_bytes),
	    T(failed_read_leaves_no_part_of_an_answer),
	    T(open_for_writing_is_denied_for_every_path_alike),
	    T(whatever_writes_is_denied),
	    T(refusal_says_why),
	    T(directory_is_no_file),
	    T(handles_are_bounded_and_come_back),
	    T(closed_handle_is_never_valid_again),
	    T(invented_handles_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
