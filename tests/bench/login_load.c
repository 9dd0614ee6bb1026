/*
 * An SSH client of our own for the benchmark, since the OpenSSH client costs
 * more processor time than the server under test.
 *
 *	login_load load PORT USER KEYFILE THREADS LOGINS TEXT
 *		LOGINS key logins, each until TEXT was painted; prints seconds.
 *	login_load packets PORT USER KEYFILE TEXT KEYS
 *		one login; sends each key alone and prints, a line each, how
 *		many SSH data packets and bytes answered it.
 *	login_load hold PORT USER KEYFILE THREADS LOGINS TEXT
 *		LOGINS key logins that stay; prints "open" when all of them were
 *		painted.  For each line KEYS on standard input it sends each key
 *		to another session, and prints the milliseconds until each was
 *		answered in one line; at the end of input it leaves.
 */
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SCREEN_MAX = 256 * 1024, QUIET_MS = 300, PATIENCE_MS = 10000 };

struct client {
	const char *user, *text;
	int port;
	ssh_key key;
	ssh_session ssh;
	ssh_channel channel;
	ssh_event event;
	struct ssh_channel_callbacks_struct callbacks;
	char *seen;
	size_t len;
	int packets;
	int found;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
on_data(ssh_session ssh, ssh_channel channel, void *data, uint32_t n,
    int is_stderr, void *arg)
{
	struct client *c = arg;

	(void)ssh, (void)channel, (void)is_stderr;
	c->packets++;
	if (n > SCREEN_MAX - c->len)
		c->len = 0;
	memcpy(c->seen + c->len, data, n);
	c->len += n;
	if (!c->found &&
	    memmem(c->seen, c->len, c->text, strlen(c->text)) != NULL)
		c->found = 1;
	return (int)n;
}

static int
client_open(struct client *c)
{
	int verbosity = SSH_LOG_NOLOG, off = 0, on = 1;

	if ((c->ssh = ssh_new()) == NULL)
		return -1;
	ssh_options_set(c->ssh, SSH_OPTIONS_LOG_VERBOSITY, &verbosity);
	ssh_options_set(c->ssh, SSH_OPTIONS_HOST, "127.0.0.1");
	ssh_options_set(c->ssh, SSH_OPTIONS_PORT, &c->port);
	ssh_options_set(c->ssh, SSH_OPTIONS_USER, c->user);
	ssh_options_set(c->ssh, SSH_OPTIONS_PROCESS_CONFIG, &off);
	ssh_options_set(c->ssh, SSH_OPTIONS_NODELAY, &on);
	ssh_options_set(c->ssh, SSH_OPTIONS_KEY_EXCHANGE, "curve25519-sha256");
	if (ssh_connect(c->ssh) != SSH_OK)
		return -1;
	if (ssh_userauth_publickey(c->ssh, NULL, c->key) != SSH_AUTH_SUCCESS)
		return -1;
	if ((c->channel = ssh_channel_new(c->ssh)) == NULL)
		return -1;
	c->callbacks.userdata = c;
	c->callbacks.channel_data_function = on_data;
	ssh_callbacks_init(&c->callbacks);
	ssh_set_channel_callbacks(c->channel, &c->callbacks);
	if (ssh_channel_open_session(c->channel) != SSH_OK ||
	    ssh_channel_request_pty_size(c->channel, "xterm", 80, 24) !=
		SSH_OK ||
	    ssh_channel_request_shell(c->channel) != SSH_OK)
		return -1;
	if ((c->event = ssh_event_new()) == NULL ||
	    ssh_event_add_session(c->event, c->ssh) != SSH_OK)
		return -1;
	while (!c->found) {
		if (ssh_channel_is_eof(c->channel) ||
		    ssh_event_dopoll(c->event, PATIENCE_MS) != SSH_OK)
			return -1;
	}
	return 0;
}

static void
client_close(struct client *c)
{
	if (c->event != NULL)
		ssh_event_free(c->event);
	if (c->channel != NULL)
		ssh_channel_free(c->channel);
	if (c->ssh != NULL) {
		ssh_disconnect(c->ssh);
		ssh_free(c->ssh);
	}
	c->event = NULL;
	c->channel = NULL;
	c->ssh = NULL;
}

struct load {
	struct client base;
	atomic_int *left;
	atomic_int *failed;
};

static void *
load_thread(void *arg)
{
	struct load *l = arg;

	while (atomic_fetch_sub(l->left, 1) > 0) {
		struct client c = l->base;

		c.seen = malloc(SCREEN_MAX);
		if (c.seen == NULL || client_open(&c) != 0) {
			fprintf(stderr, "login_load: %s\n",
			    c.ssh ? ssh_get_error(c.ssh) : "no memory");
			atomic_fetch_add(l->failed, 1);
		}
		client_close(&c);
		free(c.seen);
	}
	return NULL;
}

static int
load(struct client base, int threads, int logins)
{
	pthread_t ids[64];
	atomic_int left = logins, failed = 0;
	struct load l = {.base = base, .left = &left, .failed = &failed};

	if (threads < 1 || threads > 64)
		return 2;
	double start = now();
	for (int i = 0; i < threads; i++)
		pthread_create(&ids[i], NULL, load_thread, &l);
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	printf("%.6f\n", now() - start);
	if (failed != 0)
		fprintf(stderr, "login_load: %d of %d failed\n", (int)failed,
		    logins);
	return failed == 0 ? 0 : 1;
}

/* Until nothing has come for a while. */
static void
drain(struct client *c)
{
	while (ssh_event_dopoll(c->event, QUIET_MS) == SSH_OK)
		;
}

static int
packets(struct client c, const char *keys)
{
	int bad = 0;

	if ((c.seen = malloc(SCREEN_MAX)) == NULL || client_open(&c) != 0) {
		fprintf(stderr, "login_load: %s\n", ssh_get_error(c.ssh));
		return 1;
	}
	drain(&c);
	for (; *keys != '\0'; keys++) {
		c.packets = 0;
		c.len = 0;
		ssh_channel_write(c.channel, keys, 1);
		drain(&c);
		printf("%c %d %zu\n", *keys, c.packets, c.len);
		bad |= c.packets == 0;
	}
	client_close(&c);
	free(c.seen);
	return bad;
}

struct crowd {
	struct client *clients;
	int count;
	atomic_int next, failed;
};

static void *
crowd_thread(void *arg)
{
	struct crowd *w = arg;
	int i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->count) {
		struct client *c = &w->clients[i];

		if ((c->seen = malloc(SCREEN_MAX)) != NULL &&
		    client_open(c) == 0)
			continue;
		fprintf(stderr, "login_load: %s\n",
		    c->ssh ? ssh_get_error(c->ssh) : "no memory");
		atomic_fetch_add(&w->failed, 1);
	}
	return NULL;
}

/* Milliseconds until the key was answered; -1: it was not. */
static double
answer(struct client *c, char key)
{
	double start = now();

	c->packets = 0;
	c->len = 0;
	if (ssh_channel_write(c->channel, &key, 1) != 1)
		return -1;
	while (c->packets == 0)
		if (ssh_event_dopoll(c->event, PATIENCE_MS) != SSH_OK)
			return -1;
	return (now() - start) * 1000;
}

static int
hold(struct client base, int threads, int logins)
{
	struct crowd w = {.count = logins};
	pthread_t ids[64];
	char line[4096];
	int at = 0;

	w.clients = calloc((size_t)logins, sizeof(*w.clients));
	if (threads < 1 || threads > 64 || w.clients == NULL)
		return 2;
	for (int i = 0; i < logins; i++)
		w.clients[i] = base;
	for (int i = 0; i < threads; i++)
		pthread_create(&ids[i], NULL, crowd_thread, &w);
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	if (w.failed != 0)
		return 1;
	printf("open\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		for (char *k = line; *k != '\0' && *k != '\n'; k++) {
			/* Neighbours began together: go far. */
			at = (at + 617) % logins;
			printf("%.3f ", answer(&w.clients[at], *k));
		}
		printf("\n");
		fflush(stdout);
	}
	for (int i = 0; i < logins; i++) {
		client_close(&w.clients[i]);
		free(w.clients[i].seen);
	}
	free(w.clients);
	return 0;
}

int
main(int argc, char **argv)
{
	struct client base = {0};

	if (argc < 7) {
		fprintf(stderr, "usage: login_load load|packets|hold PORT USER "
				"KEYFILE ...\n");
		return 2;
	}
	ssh_init();
	base.port = atoi(argv[2]);
	base.user = argv[3];
	if (ssh_pki_import_privkey_file(argv[4], NULL, NULL, NULL, &base.key) !=
	    SSH_OK) {
		fprintf(stderr, "login_load: cannot read %s\n", argv[4]);
		return 1;
	}
	if (strcmp(argv[1], "load") == 0 && argc == 8) {
		base.text = argv[7];
		return load(base, atoi(argv[5]), atoi(argv[6]));
	}
	if (strcmp(argv[1], "hold") == 0 && argc == 8) {
		base.text = argv[7];
		return hold(base, atoi(argv[5]), atoi(argv[6]));
	}
	if (strcmp(argv[1], "packets") == 0 && argc == 7) {
		base.text = argv[5];
		return packets(base, argv[6]);
	}
	return 2;
}
