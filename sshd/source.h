/*
 * Connections that have proven nothing yet, counted in all and per source; and
 * sources that made a login child crash.  A source is an IPv4 address or the
 * /64 of an IPv6 one.  Authenticated connections count nowhere here.
 */
#ifndef SSHD_SOURCE_H
#define SSHD_SOURCE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

enum { SOURCE_TEXT = 64, SOURCE_PENALTIES = 64 };

struct source_key {
	uint8_t bytes[9]; /* family, then the address or its first half */
};

/* The key, and the whole address without port for people and the audit log. */
void source_read(
    const struct sockaddr *sa, struct source_key *key, char text[SOURCE_TEXT]);

/* The key of such a text; false if it is none. */
bool source_parse(const char *text, struct source_key *key);

struct source_conn {
	uint32_t id;
	int32_t pid;
	struct source_key key;
	bool counted; /* has not proven anything yet */
};

struct source_penalty {
	struct source_key key;
	int64_t until; /* milliseconds, the caller's clock */
	uint32_t times;
};

struct sources {
	struct source_conn *conns;
	size_t count, cap;
	struct source_penalty penalties[SOURCE_PENALTIES];
	size_t npenalties;
	uint32_t next_id;
};

void sources_init(struct sources *s);
void sources_release(struct sources *s);

enum source_verdict { SOURCE_WELCOME, SOURCE_FULL, SOURCE_MANY, SOURCE_BAD };

/* May one more connection come from key?  all and each are the limits. */
enum source_verdict sources_admit(const struct sources *s,
    const struct source_key *key, uint32_t all, uint32_t each, int64_t now);
/* It came: *id names it from now on. */
enum err sources_enter(
    struct sources *s, const struct source_key *key, uint32_t *id);
struct source_conn *sources_find(struct sources *s, uint32_t id);
struct source_conn *sources_find_pid(struct sources *s, pid_t pid);
void sources_leave(struct sources *s, uint32_t id);
/* 30 s the first time, twice as long each time after, at most an hour. */
void sources_penalise(
    struct sources *s, const struct source_key *key, int64_t now);

/* A listener's successor goes on with what still counts. */
void sources_put(struct buf *b, const struct sources *s);
enum err sources_get(struct rd *r, struct sources *s);

#endif
