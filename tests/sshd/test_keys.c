/*
 * Host keys: made once, private, never replaced; and [sshd] listen's addresses.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "sshd/keys.h"
#include "sshd/server.h"
#include "sshd/sockets.h"

struct place {
	char dir[32];
	char ed[64], rsa[64];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	strcpy(p->dir, "/tmp/portal-keys-XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	snprintf(p->ed, sizeof(p->ed), "%s/ssh_host_ed25519_key", p->dir);
	snprintf(p->rsa, sizeof(p->rsa), "%s/ssh_host_rsa_key", p->dir);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;
	char pub[80];

	snprintf(pub, sizeof(pub), "%s.pub", p->ed);
	unlink(pub);
	unlink(p->ed);
	snprintf(pub, sizeof(pub), "%s.pub", p->rsa);
	unlink(pub);
	unlink(p->rsa);
	if (rmdir(p->dir) == -1)
		return -1;
	free(p);
	return 0;
}

static void
put(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void
made_keys_are_private_and_serve(void **state)
{
	struct place *p = *state;
	struct buf keys[HOST_KEYS];
	struct stat st;
	ssh_bind bind;
	size_t i, n = 0;

	assert_int_equal(keys_make(p->dir), ERR_NONE);
	assert_int_equal(stat(p->ed, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(p->rsa, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(keys_read(p->dir, keys, &n), ERR_NONE);
	assert_int_equal(n, HOST_KEYS);
	assert_int_equal(server_new(&bind, ""), ERR_NONE);
	for (i = 0; i < n; i++) {
		assert_int_equal(
		    server_add_key(bind, buf_str(&keys[i])), ERR_NONE);
		buf_wipe(&keys[i]);
	}
	assert_int_equal(server_warm(bind), ERR_NONE);
	ssh_bind_free(bind);
}

static void
a_key_is_never_replaced(void **state)
{
	struct place *p = *state;
	struct stat before, after;

	assert_int_equal(keys_make(p->dir), ERR_NONE);
	assert_int_equal(stat(p->rsa, &before), 0);
	assert_int_equal(unlink(p->ed), 0);
	assert_int_equal(keys_make(p->dir), ERR_NONE);
	assert_int_equal(stat(p->rsa, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(stat(p->ed, &after), 0);
}

static void
no_key_at_all_is_said(void **state)
{
	struct place *p = *state;
	struct buf keys[HOST_KEYS];
	size_t n = 7;

	assert_int_equal(keys_read(p->dir, keys, &n), ERR_NOT_FOUND);
	assert_int_equal(n, 7);
}

static void
a_key_that_others_can_read_is_refused(void **state)
{
	struct place *p = *state;
	struct buf keys[HOST_KEYS];
	size_t n;

	put(p->ed, "secret\n", 0640);
	assert_int_equal(keys_read(p->dir, keys, &n), ERR_DENIED);
}

static void
rubbish_is_no_key(void **state)
{
	ssh_bind bind;

	(void)state;
	assert_int_equal(server_new(&bind, ""), ERR_NONE);
	assert_int_equal(server_add_key(bind, "rubbish\n"), ERR_BAD_INPUT);
	assert_int_equal(server_add_key(bind, ""), ERR_BAD_INPUT);
	ssh_bind_free(bind);
}

static void
a_kex_list_without_known_names_is_refused(void **state)
{
	ssh_bind bind = NULL;

	(void)state;
	assert_int_equal(server_new(&bind, "no-such-exchange"), ERR_CONFIG);
	assert_null(bind);
	assert_int_equal(server_new(&bind, "curve25519-sha256"), ERR_NONE);
	ssh_bind_free(bind);
}

static void
addresses_are_split(void **state)
{
	static const struct {
		const char *text, *host, *port;
	} good[] = {
	    {"127.0.0.1:2222", "127.0.0.1", "2222"},
	    {"[::1]:22", "::1", "22"},
	    {"*:22", "", "22"},
	    {":22", "", "22"},
	    {"22", "", "22"},
	    {"portal.example.net:0", "portal.example.net", "0"},
	};
	static const char *const bad[] = {"", "host", "host:", "::1:22",
	    "host:70000", "host:2x", "host:-1", "[::1]"};
	char host[ADDRESS_TEXT], port[8];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(
		    address_split(good[i].text, host, port), ERR_NONE);
		assert_string_equal(host, good[i].host);
		assert_string_equal(port, good[i].port);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(address_split(bad[i], host, port), ERR_CONFIG);
}

static void
port_0_becomes_a_real_port(void **state)
{
	char name[ADDRESS_TEXT + 16];
	size_t n = 0;
	int fds[4];

	(void)state;
	assert_int_equal(sockets_open("127.0.0.1:0, 127.0.0.1:0", fds, 4, &n,
			     name, sizeof(name)),
	    ERR_NONE);
	assert_int_equal(n, 2);
	assert_int_equal(strncmp(name, "127.0.0.1:", 10), 0);
	assert_true(atoi(name + 10) > 0);
	close(fds[0]);
	close(fds[1]);
}

static void
one_bad_address_opens_none(void **state)
{
	char name[ADDRESS_TEXT + 16];
	size_t n = 9;
	int fds[4], probe;

	(void)state;
	probe = dup(0);
	close(probe);
	assert_int_equal(sockets_open("127.0.0.1:0,nonsense", fds, 4, &n, name,
			     sizeof(name)),
	    ERR_CONFIG);
	assert_int_equal(n, 9);
	assert_int_equal(dup(0), probe); /* nothing was left open */
	close(probe);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		made_keys_are_private_and_serve, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_key_is_never_replaced, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		no_key_at_all_is_said, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		a_key_that_others_can_read_is_refused, setup, teardown),
	    cmocka_unit_test(rubbish_is_no_key),
	    cmocka_unit_test(a_kex_list_without_known_names_is_refused),
	    cmocka_unit_test(addresses_are_split),
	    cmocka_unit_test(port_0_becomes_a_real_port),
	    cmocka_unit_test(one_bad_address_opens_none),
	};

	log_open("test_keys", LOG_LVL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
