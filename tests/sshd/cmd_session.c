#include "cmd_session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

void
cmd_session_become(struct cmd_session *s, enum who who)
{
	struct identity id = fixture_identity(&s->f, who, ROLE_CUSTOMER);

	store_become(s->f.scratch.st, &id);
	assert_int_equal(cmd_load(&s->c), ERR_NONE);
}

int
cmd_session_setup(void **state)
{
	struct cmd_session *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	fixture_open(&s->f);
	s->c.st = s->f.scratch.st;
	setenv("PORTAL_HOST", "isp.example", 1);
	setenv("PORTAL_USER", "portal", 1);
	setenv("TZ", "Europe/Vienna", 1);
	session_env_load(&s->c.env);
	cmd_session_become(s, WHO_ANNA);
	*state = s;
	return 0;
}

int
cmd_session_teardown(void **state)
{
	struct cmd_session *s = *state;

	fixture_release(&s->f);
	free(s->out);
	free(s->err);
	free(s);
	return 0;
}

void
cmd_session_setting(struct cmd_session *s, const char *key, const char *value)
{
	struct identity was = *store_identity(s->c.st);
	struct identity system = {.tenant = was.tenant, .role = ROLE_SYSTEM};

	store_become(s->c.st, &system);
	assert_int_equal(setting_set(s->c.st, key, value), ERR_NONE);
	store_become(s->c.st, &was);
	assert_int_equal(cmd_load(&s->c), ERR_NONE);
}

int
cmd_session_run(struct cmd_session *s, const char *line, const char *typed)
{
	size_t n = typed != NULL ? strlen(typed) : 0;
	int sv[2], size = 1 << 20, status;

	free(s->out);
	free(s->err);
	s->c.out = open_memstream(&s->out, &s->out_len);
	s->c.err = open_memstream(&s->err, &s->err_len);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv), 0);
	setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	assert_int_equal(send(sv[0], typed, n, MSG_DONTWAIT), n);
	close(sv[0]);
	assert_non_null(s->c.in = fdopen(sv[1], "r"));
	status = cmd_run(&s->c, line);
	fclose(s->c.in);
	fclose(s->c.out);
	fclose(s->c.err);
	return status;
}
