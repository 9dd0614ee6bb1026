/*
 * A session program's surroundings: its environment, and the command lines it
 * shows to people.
 */
#include "data/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

enum { PORT_SSH = 22, PORT_MAX = 65535, IDLE_MAX = 7 * 24 * 60 };

/* A number of 0..max and nothing else, or fallback. */
static int
number_or(const char *s, int max, int fallback)
{
	char *end;
	long n;

	if (s == NULL || *s < '0' || *s > '9')
		return fallback;
	n = strtol(s, &end, 10);
	return *end == '\0' && n <= max ? (int)n : fallback;
}

/* What stands in a command line unquoted. */
static bool
word_is_plain(const char *s)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz0123456789._-:";

	return *s != '\0' && *s != '-' && s[strspn(s, ok)] == '\0';
}

static void
copy_plain(char *dst, size_t size, const char *s, const char *fallback)
{
	if (s == NULL || strlen(s) >= size || !word_is_plain(s))
		s = fallback;
	snprintf(dst, size, "%s", s);
}

/* Splits "host", "host:port", "[v6]:port", "v6". */
static void
split_host(struct session_env *env, const char *name)
{
	char host[sizeof(env->host)];
	const char *colon = strrchr(name, ':');
	const char *port = NULL;
	size_t n;

	if (*name == '[') {
		const char *end = strchr(++name, ']');

		n = end != NULL ? (size_t)(end - name) : strlen(name);
		if (end != NULL && end[1] == ':')
			port = end + 2;
	} else if (colon != NULL && strchr(name, ':') == colon) {
		n = (size_t)(colon - name);
		port = colon + 1;
	} else {
		n = strlen(name);
	}
	if (n >= sizeof(host))
		n = 0;
	memcpy(host, name, n);
	host[n] = '\0';
	copy_plain(env->host, sizeof(env->host), host, "localhost");
	env->port = number_or(port, PORT_MAX, PORT_SSH);
	if (env->port == 0)
		env->port = PORT_SSH;
}

void
session_env_of(struct session_env *env, const char *host, const char *user)
{
	memset(env, 0, sizeof(*env));
	split_host(env, host);
	copy_plain(env->user, sizeof(env->user), user, "portal");
}

void
session_env_load(struct session_env *env)
{
	const char *host = getenv("PORTAL_HOST");
	const char *zone = getenv("TZ");

	/* The zone's file is read now: a sandbox comes. */
	tzset();
	session_env_of(
	    env, host != NULL ? host : "localhost", getenv("PORTAL_USER"));
	if (zone == NULL || strlen(zone) >= sizeof(env->zone) ||
	    !zone_valid(zone))
		zone = "UTC";
	snprintf(env->zone, sizeof(env->zone), "%s", zone);
	env->idle_minutes = number_or(getenv("PORTAL_IDLE"), IDLE_MAX, 60);
}

/* scp takes what stands before a colon for the host. */
static const char *
bracket(const struct session_env *env, const char *which)
{
	return strchr(env->host, ':') != NULL ? which : "";
}

void
session_scp_line(
    char *dst, size_t size, const struct session_env *env, const char *path)
{
	char port[16] = "";

	if (env->port != PORT_SSH)
		snprintf(port, sizeof(port), "-P %d ", env->port);
	snprintf(dst, size, "scp %s%s@%s%s%s:%s .", port, env->user,
	    bracket(env, "["), env->host, bracket(env, "]"), path);
}

void
session_ssh_line(
    char *dst, size_t size, const struct session_env *env, const char *words)
{
	char port[16] = "";

	if (env->port != PORT_SSH)
		snprintf(port, sizeof(port), "-p %d ", env->port);
	snprintf(dst, size, "ssh %s%s@%s%s%s", port, env->user, env->host,
	    *words != '\0' ? " " : "", words);
}
