/*
 * portal-cmd for one customer: any command line, and any bytes typed at its
 * questions after a NUL.  What it prints is clean, whatever the store holds,
 * and never the others'.
 */
#include "base/log.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/snapshot.h"
#include "tests/sshd/cmd_session.h"

static struct cmd_session *
session(struct snapshot **start)
{
	static struct snapshot first;
	static struct cmd_session *s;

	if (s == NULL) {
		log_open("fuzz_cmd", LOG_LVL_ERROR);
		REQUIRE(cmd_session_setup((void **)&s) == 0);
		snapshot_poison(&s->f.scratch);
		snapshot_take(&first, &s->f.scratch);
	}
	*start = &first;
	return s;
}

/* CSV has its own line ends. */
static void
check_output(char *text, size_t len, const char *line)
{
	REQUIRE(strlen(text) == len);
	if (strstr(line, "csv") != NULL)
		for (char *p = text; (p = strchr(p, '\r')) != NULL;)
			*p = ' ';
	REQUIRE(text_is_clean(text, TEXT_LINES));
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct snapshot *start;
	struct cmd_session *s = session(&start);
	char *line = string_of(p, n), *typed;
	size_t used = strlen(line) < n ? strlen(line) + 1 : n;
	int status;

	typed = string_of(p + used, n - used);
	cmd_session_become(s, WHO_ANNA);
	status = cmd_session_run(s, line, typed);
	REQUIRE(status >= 0 && status <= 2);
	check_output(s->out, s->out_len, line);
	check_output(s->err, s->err_len, line);
	/* Nobody's address but one's own, unless something like it was typed.
	 */
	for (int who = WHO_BERT; who < WHO_COUNT; who++) {
		const char *email = s->f.of[who].email;

		if (memchr(p, '@', n) != NULL)
			break;
		REQUIRE(strstr(s->out, email) == NULL);
		REQUIRE(strstr(s->err, email) == NULL);
	}
	snapshot_restore(start);
	free(typed);
	free(line);
	return 0;
}
