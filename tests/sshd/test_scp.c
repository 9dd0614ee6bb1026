/*
 * "scp -f" against a client whose acknowledgements are written beforehand: the
 * records it gets, byte for byte.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "sshd/files/scp.h"
#include "tests/sshd/fake_vfs.h"

#define T(name)                                                                \
	cmocka_unit_test_setup_teardown(name, session_setup, session_teardown)

struct session {
	struct fake_vfs fake;
	struct buf got;
	enum err err;
};

static int
session_setup(void **state)
{
	static struct session s;

	fake_vfs_init(&s.fake);
	buf_init(&s.got, 16 * 1024 * 1024);
	*state = &s;
	return 0;
}

static int
session_teardown(void **state)
{
	struct session *s = *state;

	buf_release(&s->got);
	return 0;
}

/* Runs a command; acks is what the client says, all at once. */
static int
run_acks(struct session *s, const char *command, const void *acks, size_t n)
{
	struct stream stream;
	int in[2], out = memfd_create("out", MFD_CLOEXEC), status;
	unsigned char *p;
	off_t len;

	assert_true(out >= 0);
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(write(in[1], acks, n), n);
	close(in[1]);
	assert_int_equal(
	    stream_init(&stream, in[0], out, &s->fake.vfs, 0), ERR_NONE);
	status = scp_run(&stream, command, &s->err);
	len = lseek(out, 0, SEEK_END);
	buf_reset(&s->got);
	p = buf_reserve(&s->got, (size_t)len);
	assert_non_null(p);
	assert_int_equal(pread(out, p, (size_t)len, 0), len);
	s->got.len = (size_t)len;
	close(in[0]);
	close(out);
	return status;
}

/* A client that agrees with everything. */
static int
run(struct session *s, const char *command)
{
	static const char yes[256];

	return run_acks(s, command, yes, sizeof(yes));
}

/* Takes what was got apart, from the front. */
static void
got_text(struct session *s, const char *want)
{
	size_t n = strlen(want);

	if (s->got.len < n || memcmp(s->got.data, want, n) != 0)
		fail_msg(
		    "wanted \"%s\", got \"%.60s\"", want, buf_str(&s->got));
	buf_consume(&s->got, n);
}

static void
got_file(struct session *s, int64_t id, size_t size)
{
	assert_true(s->got.len > size);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(s->got.data[i], fake_byte(id, i));
	assert_int_equal(s->got.data[size], 0);
	buf_consume(&s->got, size + 1);
}

static void
got_all(struct session *s)
{
	assert_int_equal(s->got.len, 0);
}

static void
one_file_is_a_record_and_its_bytes(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f invoices/INV-2.pdf"), 0);
	got_text(s, "C0644 200000 INV-2.pdf\n");
	got_file(s, FAKE_TWO, 200000);
	got_all(s);
}

static void
empty_file_has_its_end(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f invoices/EMPTY.pdf"), 0);
	got_text(s, "C0644 0 EMPTY.pdf\n");
	got_file(s, FAKE_EMPTY, 0);
	got_all(s);
}

static void
options_combined_or_separate(void **state)
{
	struct session *s = *state;
	static const char *const commands[] = {
	    "scp -p -f invoices/INV-1.pdf",
	    "scp -pf invoices/INV-1.pdf",
	    "scp -v -r -d -p -f -- invoices/INV-1.pdf",
	    "scp -vrdpqf ~/invoices/INV-1.pdf",
	    "  scp -p  -f './invoices'/INV-1.pdf ",
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(run(s, commands[i]), 0);
		got_text(
		    s, "T1760000004 0 1760000004 0\nC0644 100 INV-1.pdf\n");
		got_file(s, FAKE_ONE, 100);
		got_all(s);
	}
}

static void
several_paths_one_after_the_other(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f README.txt 'invoices/INV-1.pdf'"), 0);
	got_text(s, "C0644 64 README.txt\n");
	got_file(s, FAKE_README, 64);
	got_text(s, "C0644 100 INV-1.pdf\n");
	got_file(s, FAKE_ONE, 100);
	got_all(s);
}

static void
wildcards_are_ours_to_expand(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f inv*/INV-[12].pdf"), 0);
	got_text(s, "C0644 100 INV-1.pdf\n");
	got_file(s, FAKE_ONE, 100);
	got_text(s, "C0644 200000 INV-2.pdf\n");
	got_file(s, FAKE_TWO, 200000);
	got_all(s);
}

static void
quoted_wildcard_is_a_name(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f 'invoices/INV-?.pdf'"), 1);
	got_text(s, "\1scp: invoices/INV-?.pdf: No such file or directory\n");
	got_all(s);
}

static void
wildcard_without_a_match_is_an_error(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f invoices/X*.pdf README.txt"), 1);
	got_text(s, "\1scp: invoices/X*.pdf: No such file or directory\n");
	got_text(s, "C0644 64 README.txt\n");
	got_file(s, FAKE_README, 64);
	got_all(s);
}

static void
pattern_cannot_multiply_itself(void **state)
{
	struct session *s = *state;

	assert_int_equal(
	    run(s, "scp -f */../*/../*/../*/../*/../*/../*/../README.t*"), 0);
	got_text(s, "C0644 64 README.txt\n");
	got_file(s, FAKE_README, 64);
	got_all(s);
	assert_int_equal(s->fake.lists, 1);
}

static void
directories_need_r(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f invoices"), 1);
	got_text(s, "\1scp: /invoices: not a regular file\n");
	got_all(s);
}

static void
directory_is_walked_with_r(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -r -p -f /"), 0);
	got_text(s, "T1760000000 0 1760000000 0\nD0755 0 portal\n");
	got_text(s, "T1760000001 0 1760000001 0\nC0644 64 README.txt\n");
	got_file(s, FAKE_README, 64);
	got_text(s, "T1760000002 0 1760000002 0\nD0755 0 invoices\n");
	got_text(s, "T1760000003 0 1760000003 0\nC0644 0 EMPTY.pdf\n");
	got_file(s, FAKE_EMPTY, 0);
	got_text(s, "T1760000004 0 1760000004 0\nC0644 100 INV-1.pdf\n");
	got_file(s, FAKE_ONE, 100);
	got_text(s, "T1760000005 0 1760000005 0\nC0644 200000 INV-2.pdf\n");
	got_file(s, FAKE_TWO, 200000);
	got_text(s, "T1760000006 0 1760000006 0\nC0644 1000000 INV-3.pdf\n");
	got_file(s, FAKE_THREE, 1000000);
	got_text(s, "E\nT1760000007 0 1760000007 0\nD0755 0 receipts\nE\nE\n");
	got_all(s);
}

static void
unmade_file_is_made_when_it_is_its_turn(void **state)
{
	struct session *s = *state;

	s->fake.unmade = true;
	assert_int_equal(run(s, "scp -f invoices/INV-2*"), 0);
	got_text(s, "C0644 200000 INV-2.pdf\n");
	got_file(s, FAKE_TWO, 200000);
	got_all(s);
}

static void
unknown_path_is_an_error_and_the_rest_goes_on(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f ../../etc/passwd README.txt"), 1);
	got_text(s, "\1scp: ../../etc/passwd: No such file or directory\n");
	got_text(s, "C0644 64 README.txt\n");
	got_file(s, FAKE_README, 64);
	got_all(s);
}

static void
hostile_path_is_not_sent_back(void **state)
{
	struct session *s = *state;

	assert_int_equal(run(s, "scp -f 'a\x1b[31m\nC0644 1 x\xff'"), 1);
	assert_int_equal(s->got.data[0], 1);
	for (size_t i = 1; i + 1 < s->got.len; i++)
		assert_true(s->got.data[i] >= ' ' && s->got.data[i] != 0x7f);
	assert_int_equal(s->got.data[s->got.len - 1], '\n');
	assert_null(memchr(s->got.data, 0xff, s->got.len));
}

static void
refused_file_is_skipped(void **state)
{
	struct session *s = *state;
	static const char acks[] = "\0\1no room\n\0\0\0\0";

	assert_int_equal(run_acks(s, "scp -f invoices/INV-1.pdf README.txt",
			     acks, sizeof(acks) - 1),
	    1);
	assert_int_equal(s->err, ERR_NONE);
	got_text(s, "C0644 100 INV-1.pdf\n");
	got_text(s, "C0644 64 README.txt\n");
	got_file(s, FAKE_README, 64);
	got_all(s);
}

static void
refused_time_or_directory_is_skipped(void **state)
{
	struct session *s = *state;
	static const char times[] = "\0\1no\n";
	static const char dir[] = "\0\1no\n";

	assert_int_equal(
	    run_acks(s, "scp -pf README.txt", times, sizeof(times) - 1), 1);
	got_text(s, "T1760000001 0 1760000001 0\n");
	got_all(s);
	assert_int_equal(
	    run_acks(s, "scp -rf invoices", dir, sizeof(dir) - 1), 1);
	got_text(s, "D0755 0 invoices\n");
	got_all(s);
}

static void
fatal_answer_ends(void **state)
{
	struct session *s = *state;
	static const char acks[] = "\0\2disk on fire\n\0\0\0";

	assert_int_equal(
	    run_acks(s, "scp -f README.txt README.txt", acks, sizeof(acks) - 1),
	    1);
	got_text(s, "C0644 64 README.txt\n");
	got_all(s);
}

static void
other_bytes_are_no_answer(void **state)
{
	struct session *s = *state;

	assert_int_equal(run_acks(s, "scp -f README.txt", "GET /", 5), 1);
	assert_int_equal(s->err, ERR_PROTOCOL);
	got_all(s);
}

static void
client_that_leaves_ends_it(void **state)
{
	struct session *s = *state;

	assert_int_equal(run_acks(s, "scp -f README.txt", "", 0), 1);
	got_all(s);
	assert_int_equal(run_acks(s, "scp -f README.txt", "\0", 1), 1);
	got_text(s, "C0644 64 README.txt\n");
	got_all(s);
	assert_int_equal(run_acks(s, "scp -f README.txt", "\0\1half", 6), 1);
}

static void
failed_read_keeps_the_announced_length(void **state)
{
	struct session *s = *state;

	s->fake.broken_id = FAKE_TWO;
	s->fake.broken_from = 1;
	s->fake.broken = ERR_BUSY;
	assert_int_equal(run(s, "scp -f invoices/INV-2.pdf README.txt"), 1);
	got_text(s, "C0644 200000 INV-2.pdf\n");
	for (size_t i = 0; i < 200000; i++)
		assert_int_equal(
		    s->got.data[i], i < VFS_CHUNK ? fake_byte(FAKE_TWO, i) : 0);
	buf_consume(&s->got, 200000);
	got_text(s, "\1scp: /invoices/INV-2.pdf: The portal is busy. Please "
		    "try again in a moment.\n");
	got_text(s, "C0644 64 README.txt\n");
	got_file(s, FAKE_README, 64);
	got_all(s);
}

static void
store_gone_ends(void **state)
{
	struct session *s = *state;

	s->fake.stat_err = ERR_CLOSED;
	assert_int_equal(run(s, "scp -f README.txt README.txt"), 1);
	assert_int_equal(s->err, ERR_CLOSED);
	got_all(s);
}

static void
told_to_end_ends(void **state)
{
	struct session *s = *state;

	s->fake.alive = ERR_CLOSED;
	assert_int_equal(run(s, "scp -f README.txt"), 1);
	assert_int_equal(s->err, ERR_CLOSED);
	got_all(s);
}

static void
upload_is_refused_before_anything_is_read(void **state)
{
	struct session *s = *state;
	static const char *const commands[] = {
	    "scp -t .", "scp -r -p -d -t x", "scp -dt -- 'a b'"};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(run_acks(s, commands[i], "", 0), 1);
		got_text(s, "\2scp: nothing can be uploaded here yet");
		assert_int_equal(s->got.data[s->got.len - 1], '\n');
	}
}

static void
anything_else_is_a_usage_error(void **state)
{
	struct session *s = *state;
	static const char *const commands[] = {"scp", "scp -f", "scp x",
	    "scp -x -f a", "scp -f -t a", "scp --help", "scp -f 'a",
	    "scp -S /bin/sh -f a", "scpx -f a", "'scp -f' a", "scp -f --"};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		assert_int_equal(run(s, commands[i]), 2);
		got_all(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(one_file_is_a_record_and_its_bytes),
	    T(empty_file_has_its_end),
	    T(options_combined_or_separate),
	    T(several_paths_one_after_the_other),
	    T(wildcards_are_ours_to_expand),
	    T(quoted_wildcard_is_a_name),
	    T(wildcard_without_a_match_is_an_error),
	    T(pattern_cannot_multiply_itself),
	    T(directories_need_r),
	    T(directory_is_walked_with_r),
	    T(unmade_file_is_made_when_it_is_its_turn),
	    T(unknown_path_is_an_error_and_the_rest_goes_on),
	    T(hostile_path_is_not_sent_back),
	    T(refused_file_is_skipped),
	    T(refused_time_or_directory_is_skipped),
	    T(fatal_answer_ends),
	    T(other_bytes_are_no_answer),
	    T(client_that_leaves_ends_it),
	    T(failed_read_keeps_the_announced_length),
	    T(store_gone_ends),
	    T(told_to_end_ends),
	    T(upload_is_refused_before_anything_is_read),
	    T(anything_else_is_a_usage_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
