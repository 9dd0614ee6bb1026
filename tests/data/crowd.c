#include "tests/data/crowd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct member {
	pid_t pid;
	int result;
};

static void
whole(ssize_t n, size_t want)
{
	if (n != (ssize_t)want)
		_exit(3);
}

/* Ready when its handle is open; begins when all are. */
static void
member_main(const struct scratch *s, int who, crowd_fn *fn, const void *arg,
    int ready, int start, int result)
{
	int64_t gave[CROWD_GIVES] = {0};
	struct store *st;
	char c = 0;
	size_t n;

	if (store_open(&st, s->url, &s->clock) != ERR_NONE)
		_exit(2);
	whole(write(ready, &c, 1), 1);
	whole(read(start, &c, 1), 0);
	n = fn(st, who, arg, gave);
	whole(write(result, &n, sizeof(n)), sizeof(n));
	whole(write(result, gave, sizeof(gave)), sizeof(gave));
	store_close(st);
	_exit(0);
}

static struct member
member_start(const struct scratch *s, int who, crowd_fn *fn, const void *arg,
    const int ready[2], const int start[2])
{
	struct member m;
	int result[2];

	assert_int_equal(pipe(result), 0);
	assert_int_not_equal(m.pid = fork(), -1);
	if (m.pid == 0) {
		close(start[1]);
		member_main(s, who, fn, arg, ready[1], start[0], result[1]);
	}
	close(result[1]);
	m.result = result[0];
	return m;
}

void
crowd_run(struct scratch *s, int members, crowd_fn *fn, const void *arg,
    struct crowd *out)
{
	struct member m[CROWD];
	int ready[2], start[2], status;
	char c;

	assert_in_range(members, 1, CROWD);
	scratch_shut(s);
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(start), 0);
	for (int i = 0; i < members; i++)
		m[i] = member_start(s, i, fn, arg, ready, start);
	close(ready[1]);
	close(start[0]);
	for (int i = 0; i < members; i++)
		assert_int_equal(read(ready[0], &c, 1), 1);
	close(start[1]);
	for (int i = 0; i < members; i++) {
		assert_int_equal(
		    read(m[i].result, &out->n[i], sizeof(out->n[i])),
		    sizeof(out->n[i]));
		assert_int_equal(
		    read(m[i].result, out->gave[i], sizeof(out->gave[i])),
		    sizeof(out->gave[i]));
		close(m[i].result);
		assert_int_equal(waitpid(m[i].pid, &status, 0), m[i].pid);
		assert_int_equal(status, 0);
	}
	close(ready[0]);
	scratch_reopen(s);
}
