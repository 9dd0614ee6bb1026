/*
 * The login child against a real client: how people log in, what bad clients
 * get, and that channels lose nothing.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/sockios.h>

#include <cmocka.h>

#include "base/clock.h"
#include "login_peer.h"

enum { LONG_MS = 20000 };

/* ---- logging in ---- */

static int
answer(ssh_session s, const char *email, const char *password)
{
	int rc = ssh_userauth_kbdint(s, NULL, NULL);

	assert_int_equal(rc, SSH_AUTH_INFO);
	ssh_userauth_kbdint_setanswer(s, 0, email);
	ssh_userauth_kbdint_setanswer(s, 1, password);
	return ssh_userauth_kbdint(s, NULL, NULL);
}

static void
both_prompts_come_in_one_request(void **state)
{
	struct peer p;
	char echo;

	(void)state;
	peer_open(&p, NULL);
	peer_connect(&p, "portal");
	assert_int_equal(ssh_userauth_kbdint(p.ssh, NULL, NULL), SSH_AUTH_INFO);
	assert_int_equal(ssh_userauth_kbdint_getnprompts(p.ssh), 2);
	assert_string_equal(
	    ssh_userauth_kbdint_getprompt(p.ssh, 0, &echo), "Email: ");
	assert_true(echo);
	assert_string_equal(
	    ssh_userauth_kbdint_getprompt(p.ssh, 1, &echo), "Password: ");
	assert_false(echo);
	ssh_userauth_kbdint_setanswer(p.ssh, 0, PEER_EMAIL);
	ssh_userauth_kbdint_setanswer(p.ssh, 1, PEER_PASSWORD);
	assert_int_equal(
	    ssh_userauth_kbdint(p.ssh, NULL, NULL), SSH_AUTH_SUCCESS);
	assert_int_equal(peer_close(&p), 0);
}

static void
an_email_as_user_is_asked_for_the_password_only(void **state)
{
	struct peer p;
	char echo;

	(void)state;
	peer_open(&p, NULL);
	peer_connect(&p, PEER_EMAIL);
	assert_int_equal(ssh_userauth_kbdint(p.ssh, NULL, NULL), SSH_AUTH_INFO);
	assert_int_equal(ssh_userauth_kbdint_getnprompts(p.ssh), 1);
	assert_string_equal(
	    ssh_userauth_kbdint_getprompt(p.ssh, 0, &echo), "Password: ");
	assert_false(echo);
	ssh_userauth_kbdint_setanswer(p.ssh, 0, PEER_PASSWORD);
	assert_int_equal(
	    ssh_userauth_kbdint(p.ssh, NULL, NULL), SSH_AUTH_SUCCESS);
	assert_int_equal(peer_close(&p), 0);
}

static void
a_wrong_password_may_be_tried_again(void **state)
{
	struct peer p;

	(void)state;
	peer_open(&p, NULL);
	peer_connect(&p, "portal");
	assert_int_equal(answer(p.ssh, PEER_EMAIL, "wrong"), SSH_AUTH_DENIED);
	assert_int_equal(answer(p.ssh, "", ""), SSH_AUTH_DENIED);
	assert_int_equal(
	    answer(p.ssh, PEER_EMAIL, PEER_PASSWORD), SSH_AUTH_SUCCESS);
	assert_int_equal(peer_close(&p), 0);
}

static void
too_many_failures_end_the_connection(void **state)
{
	struct peer p;
	long soon = 1;
	siginfo_t si;
	int i;

	(void)state;
	peer_open(&p, NULL);
	peer_connect(&p, PEER_EMAIL);
	ssh_options_set(p.ssh, SSH_OPTIONS_TIMEOUT, &soon);
	for (i = 0; i < 6; i++)
		assert_int_equal(ssh_userauth_password(p.ssh, NULL, "wrong"),
		    SSH_AUTH_DENIED);
	assert_int_not_equal(
	    ssh_userauth_password(p.ssh, NULL, "wrong"), SSH_AUTH_SUCCESS);
	assert_int_equal(
	    waitid(P_PID, (id_t)p.login, &si, WEXITED | WNOWAIT), 0);
	assert_int_not_equal(ssh_userauth_password(p.ssh, NULL, PEER_PASSWORD),
	    SSH_AUTH_SUCCESS);
	assert_int_equal(peer_close(&p), 0);
}

static void
nothing_proves_nothing(void **state)
{
	struct peer p;
	ssh_channel ch;
	long soon = 1;

	(void)state;
	peer_open(&p, NULL);
	peer_connect(&p, "portal");
	ssh_options_set(p.ssh, SSH_OPTIONS_TIMEOUT, &soon);
	assert_int_equal(ssh_userauth_none(p.ssh, NULL), SSH_AUTH_DENIED);
	assert_int_equal(ssh_userauth_list(p.ssh, NULL),
	    SSH_AUTH_METHOD_PASSWORD | SSH_AUTH_METHOD_PUBLICKEY |
		SSH_AUTH_METHOD_INTERACTIVE);
	ch = ssh_channel_new(p.ssh);
	assert_int_not_equal(ssh_channel_open_session(ch), SSH_OK);
	assert_int_equal(peer_close(&p), 0);
}

static void
a_key_is_asked_about_and_then_proven(void **state)
{
	struct peer p;
	ssh_key key;

	(void)state;
	assert_int_equal(
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key), SSH_OK);
	peer_open(&p, NULL);
	peer_connect(&p, "portal");
	assert_int_equal(
	    ssh_userauth_try_publickey(p.ssh, NULL, key), SSH_AUTH_SUCCESS);
	assert_int_equal(
	    ssh_userauth_publickey(p.ssh, NULL, key), SSH_AUTH_SUCCESS);
	ssh_key_free(key);
	assert_int_equal(peer_close(&p), 0);
}

/* Sends a packet that means nothing; until the other side has read it. */
static void
say_nothing(struct peer *p)
{
	int unread = 1;

	assert_int_equal(ssh_send_ignore(p->ssh, ""), SSH_OK);
	while (unread > 0) {
		poll(NULL, 0, 1);
		assert_int_equal(ioctl(p->net, SIOCOUTQ, &unread), 0);
	}
}

/* Some clients send one before each request. */
static void
an_empty_packet_is_no_request(void **state)
{
	struct peer p;
	ssh_key key;

	(void)state;
	assert_int_equal(
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key), SSH_OK);
	peer_open(&p, NULL);
	peer_connect(&p, "portal");
	assert_int_equal(ssh_userauth_none(p.ssh, NULL), SSH_AUTH_DENIED);
	say_nothing(&p);
	assert_int_equal(
	    ssh_userauth_try_publickey(p.ssh, NULL, key), SSH_AUTH_SUCCESS);
	say_nothing(&p);
	assert_int_equal(
	    ssh_userauth_publickey(p.ssh, NULL, key), SSH_AUTH_SUCCESS);
	ssh_key_free(key);
	assert_int_equal(peer_close(&p), 0);
}

/* ed25519 keys hold their public half in clear: put another one there. */
static ssh_key
key_with_foreign_public_half(void)
{
	static const char head[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
	static const char tail[] = "\n-----END OPENSSH PRIVATE KEY-----\n";
	char *text = NULL, *pub[2] = {NULL, NULL}, *line, out[2048];
	unsigned char raw[1024], blob[2][128];
	size_t n, len, i;
	ssh_key key[2], bad = NULL;
	unsigned char *at;

	for (i = 0; i < 2; i++) {
		assert_int_equal(
		    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key[i]), SSH_OK);
		assert_int_equal(
		    ssh_pki_export_pubkey_base64(key[i], &pub[i]), SSH_OK);
		assert_int_equal(sodium_base642bin(blob[i], sizeof(blob[i]),
				     pub[i], strlen(pub[i]), NULL, &n, NULL,
				     sodium_base64_VARIANT_ORIGINAL),
		    0);
		assert_int_equal(n, 51);
	}
	assert_int_equal(
	    ssh_pki_export_privkey_base64(key[0], NULL, NULL, NULL, &text),
	    SSH_OK);
	line = strchr(text, '\n');
	*strstr(line, "-----END") = '\0';
	assert_int_equal(sodium_base642bin(raw, sizeof(raw), line, strlen(line),
			     "\n", &len, NULL, sodium_base64_VARIANT_ORIGINAL),
	    0);
	while ((at = memmem(raw, len, blob[0] + 19, 32)) != NULL)
		memcpy(at, blob[1] + 19, 32);
	strcpy(out, head);
	sodium_bin2base64(out + strlen(out), sizeof(out) - strlen(out), raw,
	    len, sodium_base64_VARIANT_ORIGINAL);
	strcat(out, tail);
	assert_int_equal(
	    ssh_pki_import_privkey_base64(out, NULL, NULL, NULL, &bad), SSH_OK);
	for (i = 0; i < 2; i++) {
		ssh_string_free_char(pub[i]);
		ssh_key_free(key[i]);
	}
	ssh_string_free_char(text);
	return bad;
}

/* libssh drops such a request; the client must not wait for ever. */
static void
a_bad_signature_is_refused_soon(void **state)
{
	ssh_key bad = key_with_foreign_public_half();
	int64_t start = clock_mono_ms();
	struct peer p;

	(void)state;
	peer_open(&p, NULL);
	peer_connect(&p, "portal");
	assert_int_equal(ssh_userauth_none(p.ssh, NULL), SSH_AUTH_DENIED);
	assert_int_equal(
	    ssh_userauth_publickey(p.ssh, NULL, bad), SSH_AUTH_DENIED);
	assert_true(clock_mono_ms() - start < LONG_MS / 2);
	/* And another way in stays open. */
	assert_int_equal(
	    answer(p.ssh, PEER_EMAIL, PEER_PASSWORD), SSH_AUTH_SUCCESS);
	ssh_key_free(bad);
	assert_int_equal(peer_close(&p), 0);
}

static void
a_bad_signature_out_of_the_blue_ends_the_connection(void **state)
{
	ssh_key bad = key_with_foreign_public_half();
	int64_t start = clock_mono_ms();
	long soon = 1; /* this client overlooks its connection's end */
	siginfo_t si;
	struct peer p;

	(void)state;
	peer_open(&p, NULL);
	peer_connect(&p, "portal");
	ssh_options_set(p.ssh, SSH_OPTIONS_TIMEOUT, &soon);
	assert_int_not_equal(
	    ssh_userauth_publickey(p.ssh, NULL, bad), SSH_AUTH_SUCCESS);
	assert_int_equal(
	    waitid(P_PID, (id_t)p.login, &si, WEXITED | WNOWAIT), 0);
	assert_true(clock_mono_ms() - start < LONG_MS / 2);
	ssh_key_free(bad);
	assert_int_equal(peer_close(&p), 0);
}

/* Reads until the other side closes. */
static void
wait_for_end(int fd)
{
	struct pollfd pfd = {fd, POLLIN, 0};
	char c[256];

	do
		assert_int_equal(poll(&pfd, 1, LONG_MS), 1);
	while (read(fd, c, sizeof(c)) > 0);
}

static void
whoever_says_nothing_is_sent_away(void **state)
{
	const struct listener_limits hasty = {.grace_s = 1, .channels = 3};
	struct peer p;
	int fd;

	(void)state;
	peer_open(&p, &hasty);
	fd = dup(p.net);
	wait_for_end(fd);
	close(fd);
	close(p.net);
	assert_int_equal(peer_close(&p), 0);
}

static void
dawdling_after_key_exchange_does_not_help(void **state)
{
	const struct listener_limits hasty = {.grace_s = 1, .channels = 3};
	struct peer p;
	int fd;

	(void)state;
	peer_open(&p, &hasty);
	peer_connect(&p, "portal");
	assert_int_equal(ssh_userauth_none(p.ssh, NULL), SSH_AUTH_DENIED);
	fd = dup(p.net);
	wait_for_end(fd);
	close(fd);
	assert_int_equal(peer_close(&p), 0);
}

/* Packets of a type that nobody knows: each gets an answer as long as it is. */
static size_t
unknown_packets(char *dst, size_t n)
{
	static const char packet[16] = {0, 0, 0, 12, 10, (char)192};
	size_t i;

	for (i = 0; i < n; i++)
		memcpy(dst + i * sizeof(packet), packet, sizeof(packet));
	return n * sizeof(packet);
}

static void
say_version(struct peer *p)
{
	static const char version[] = "SSH-2.0-test\r\n";

	assert_int_equal(
	    write(p->net, version, sizeof(version) - 1), sizeof(version) - 1);
}

/* It finds more to read than it can in a turn, and its time over. */
static void
chatter_does_not_stop_the_clock(void **state)
{
	const struct listener_limits hasty = {.grace_s = 1, .channels = 3};
	char packets[4096], c[4096];
	struct peer p;
	int64_t late;
	ssize_t rc;
	size_t n;

	(void)state;
	peer_open(&p, &hasty);
	say_version(&p);
	assert_int_equal(recv(p.net, c, 1, 0), 1);
	late = clock_mono_ms() + (int64_t)hasty.grace_s * 1000;
	assert_int_equal(kill(p.login, SIGSTOP), 0);
	n = unknown_packets(packets, sizeof(packets) / 16);
	do
		rc = send(p.net, packets, n, MSG_DONTWAIT);
	while (rc == (ssize_t)n);
	while (clock_mono_ms() <= late)
		usleep(10000);
	assert_int_equal(kill(p.login, SIGCONT), 0);
	while ((rc = recv(p.net, c, sizeof(c), 0)) > 0)
		;
	/* Not 0: it left the rest unread. */
	assert_int_equal(rc, -1);
	assert_int_equal(errno, ECONNRESET);
	close(p.net);
	assert_int_equal(peer_close(&p), 0);
}

/* Until the child has had time to be asked and takes nothing more. */
static bool
takes_more(int fd)
{
	struct pollfd pfd = {fd, POLLOUT, 0};

	return poll(&pfd, 1, 500) == 1;
}

static void
whoever_takes_no_answers_is_not_read(void **state)
{
	const size_t enough = 16 << 20;
	char packets[4096];
	size_t n, total = 0;
	struct peer p;
	ssize_t rc;

	(void)state;
	peer_open(&p, NULL);
	say_version(&p);
	n = unknown_packets(packets, sizeof(packets) / 16);
	while (total < enough && takes_more(p.net)) {
		rc = send(p.net, packets, n, MSG_DONTWAIT);
		assert_true(rc == (ssize_t)n || errno == EAGAIN);
		total += rc > 0 ? (size_t)rc : 0;
	}
	assert_true(total < enough);
	close(p.net);
	assert_int_equal(peer_close(&p), 0);
}

static void
rubbish_ends_the_connection(void **state)
{
	static const char junk[] = "GET / HTTP/1.1\r\n\r\n";
	struct peer p;

	(void)state;
	peer_open(&p, NULL);
	assert_int_equal(write(p.net, junk, sizeof(junk)), sizeof(junk));
	wait_for_end(p.net);
	close(p.net);
	assert_int_equal(peer_close(&p), 0);
}

/* ---- channels ---- */

static ssh_channel
run(struct peer *p, const char *command)
{
	ssh_channel ch = ssh_channel_new(p->ssh);

	assert_non_null(ch);
	assert_int_equal(ssh_channel_open_session(ch), SSH_OK);
	assert_int_equal(ssh_channel_request_exec(ch, command), SSH_OK);
	return ch;
}

static size_t
read_all(ssh_channel ch, char *dst, size_t size, int is_stderr)
{
	size_t len = 0;
	int n;

	while (len < size - 1 &&
	       (n = ssh_channel_read_timeout(ch, dst + len,
		    (uint32_t)(size - 1 - len), is_stderr, LONG_MS)) > 0)
		len += (size_t)n;
	dst[len] = '\0';
	return len;
}

static void
outputs_and_status_arrive_apart(void **state)
{
	struct peer p;
	ssh_channel ch;
	char text[64];

	(void)state;
	peer_login(&p);
	ch = run(&p, "say");
	read_all(ch, text, sizeof(text), 0);
	assert_string_equal(text, "out");
	read_all(ch, text, sizeof(text), 1);
	assert_string_equal(text, "err");
	assert_int_equal(ssh_channel_get_exit_status(ch), 5);
	ssh_channel_free(ch);
	assert_int_equal(peer_close(&p), 0);
}

static void
check_big(struct peer *p, size_t total)
{
	static unsigned char b[65536];
	char command[32];
	size_t i = 0;
	ssh_channel ch;
	int n, k;

	snprintf(command, sizeof(command), "big %zu", total);
	ch = run(p, command);
	while ((n = ssh_channel_read_timeout(ch, b, sizeof(b), 0, LONG_MS)) > 0)
		for (k = 0; k < n; k++)
			assert_int_equal(b[k], peer_byte(i++));
	assert_int_equal(i, total);
	assert_int_equal(ssh_channel_get_exit_status(ch), 7);
	ssh_channel_free(ch);
}

static void
everything_arrives_before_the_end(void **state)
{
	struct peer p;

	(void)state;
	peer_login(&p);
	check_big(&p, 3000000);
	check_big(&p, 1);
	assert_int_equal(peer_close(&p), 0);
}

static void
new_keys_in_between_lose_nothing(void **state)
{
	uint64_t limit = 1 << 20;
	struct peer p;

	(void)state;
	peer_open(&p, NULL);
	ssh_options_set(p.ssh, SSH_OPTIONS_REKEY_DATA, &limit);
	peer_connect(&p, PEER_EMAIL);
	assert_int_equal(ssh_userauth_password(p.ssh, NULL, PEER_PASSWORD),
	    SSH_AUTH_SUCCESS);
	check_big(&p, 12 << 20);
	assert_int_equal(peer_close(&p), 0);
}

static void
input_arrives_whole_and_ends(void **state)
{
	static unsigned char b[50000];
	size_t total = 4000000, i, k;
	struct peer p;
	ssh_channel ch;
	char text[64];

	(void)state;
	peer_login(&p);
	ch = run(&p, "sink");
	for (i = 0; i < total; i += sizeof(b)) {
		for (k = 0; k < sizeof(b); k++)
			b[k] = peer_byte(i + k);
		assert_int_equal(
		    ssh_channel_write(ch, b, sizeof(b)), sizeof(b));
	}
	assert_int_equal(ssh_channel_send_eof(ch), SSH_OK);
	read_all(ch, text, sizeof(text), 0);
	assert_string_equal(text, "4000000 0");
	ssh_channel_free(ch);
	assert_int_equal(peer_close(&p), 0);
}

static void
a_closed_channel_leaves_the_others_alone(void **state)
{
	struct peer p;
	ssh_channel ch;

	(void)state;
	peer_login(&p);
	ch = run(&p, "wait");
	assert_int_equal(ssh_channel_close(ch), SSH_OK);
	ssh_channel_free(ch);
	check_big(&p, 1000);
	assert_int_equal(peer_close(&p), 0);
}

static void
a_killed_program_is_told(void **state)
{
	struct peer p;
	ssh_channel ch;
	char text[8];

	(void)state;
	peer_login(&p);
	ch = run(&p, "die");
	read_all(ch, text, sizeof(text), 0);
	assert_int_equal(ssh_channel_get_exit_status(ch), -1);
	ssh_channel_free(ch);
	assert_int_equal(peer_close(&p), 0);
}

static void
a_refusal_is_a_sentence_and_a_status(void **state)
{
	struct peer p;
	ssh_channel ch;
	char text[64];

	(void)state;
	peer_login(&p);
	ch = run(&p, "refuse");
	read_all(ch, text, sizeof(text), 1);
	assert_string_equal(text, "Not today.\n");
	assert_int_equal(ssh_channel_get_exit_status(ch), 1);
	ssh_channel_free(ch);
	assert_int_equal(peer_close(&p), 0);
}

/* Two more than may run are opened, for the monitor to refuse in words. */
static void
channels_are_bounded(void **state)
{
	ssh_channel ch[6];
	struct peer p;
	int i;

	(void)state;
	peer_login(&p);
	for (i = 0; i < 5; i++)
		ch[i] = run(&p, "wait");
	ch[5] = ssh_channel_new(p.ssh);
	assert_int_equal(ssh_channel_open_session(ch[5]), SSH_ERROR);
	assert_int_equal(ssh_channel_close(ch[0]), SSH_OK);
	for (i = 0; i < 6; i++)
		ssh_channel_free(ch[i]);
	check_big(&p, 1000); /* there is room again */
	assert_int_equal(peer_close(&p), 0);
}

static void
a_window_change_reaches_the_terminal(void **state)
{
	struct peer p;
	ssh_channel ch;
	char text[64];

	(void)state;
	peer_login(&p);
	ch = ssh_channel_new(p.ssh);
	assert_int_equal(ssh_channel_open_session(ch), SSH_OK);
	assert_int_equal(
	    ssh_channel_request_pty_size(ch, "xterm", 80, 24), SSH_OK);
	assert_int_equal(ssh_channel_request_exec(ch, "size"), SSH_OK);
	assert_int_equal(ssh_channel_change_pty_size(ch, 100, 40), SSH_OK);
	read_all(ch, text, sizeof(text), 0);
	assert_string_equal(text, "resized");
	ssh_channel_free(ch);
	assert_int_equal(peer_close(&p), 0);
}

static void
nothing_but_sessions_is_offered(void **state)
{
	struct peer p;
	ssh_channel ch;

	(void)state;
	peer_login(&p);
	ch = ssh_channel_new(p.ssh);
	assert_int_not_equal(
	    ssh_channel_open_forward(ch, "127.0.0.1", 25, "127.0.0.1", 1),
	    SSH_OK);
	ssh_channel_free(ch);
	assert_int_not_equal(
	    ssh_channel_listen_forward(p.ssh, NULL, 0, NULL), SSH_OK);
	ch = ssh_channel_new(p.ssh);
	assert_int_equal(ssh_channel_open_session(ch), SSH_OK);
	assert_int_not_equal(
	    ssh_channel_request_subsystem(ch, "netconf"), SSH_OK);
	ssh_channel_free(ch);
	check_big(&p, 10);
	assert_int_equal(peer_close(&p), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_prompts_come_in_one_request),
	    cmocka_unit_test(an_email_as_user_is_asked_for_the_password_only),
	    cmocka_unit_test(a_wrong_password_may_be_tried_again),
	    cmocka_unit_test(too_many_failures_end_the_connection),
	    cmocka_unit_test(nothing_proves_nothing),
	    cmocka_unit_test(a_key_is_asked_about_and_then_proven),
	    cmocka_unit_test(an_empty_packet_is_no_request),
	    cmocka_unit_test(a_bad_signature_is_refused_soon),
	    cmocka_unit_test(
		a_bad_signature_out_of_the_blue_ends_the_connection),
	    cmocka_unit_test(whoever_says_nothing_is_sent_away),
	    cmocka_unit_test(dawdling_after_key_exchange_does_not_help),
	    cmocka_unit_test(chatter_does_not_stop_the_clock),
	    cmocka_unit_test(whoever_takes_no_answers_is_not_read),
	    cmocka_unit_test(rubbish_ends_the_connection),
	    cmocka_unit_test(outputs_and_status_arrive_apart),
	    cmocka_unit_test(everything_arrives_before_the_end),
	    cmocka_unit_test(new_keys_in_between_lose_nothing),
	    cmocka_unit_test(input_arrives_whole_and_ends),
	    cmocka_unit_test(a_closed_channel_leaves_the_others_alone),
	    cmocka_unit_test(a_killed_program_is_told),
	    cmocka_unit_test(a_refusal_is_a_sentence_and_a_status),
	    cmocka_unit_test(channels_are_bounded),
	    cmocka_unit_test(a_window_change_reaches_the_terminal),
	    cmocka_unit_test(nothing_but_sessions_is_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
