/*
 * The listener's book.  Small tables, searched from the front: the limits keep
 * them short.
 */
#include "sshd/source.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum {
	PENALTY_MS = 30 * 1000,
	PENALTY_MAX_MS = 60 * 60 * 1000,
	SOURCES_MAX = 100000,
};

void
source_read(
    const struct sockaddr *sa, struct source_key *key, char text[SOURCE_TEXT])
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)sa;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)sa;

	memset(key, 0, sizeof(*key));
	strcpy(text, "unknown");
	if (sa->sa_family == AF_INET) {
		key->bytes[0] = 4;
		memcpy(key->bytes + 1, &v4->sin_addr, 4);
		inet_ntop(AF_INET, &v4->sin_addr, text, SOURCE_TEXT);
	} else if (sa->sa_family == AF_INET6 &&
		   IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		key->bytes[0] = 4;
		memcpy(key->bytes + 1, v6->sin6_addr.s6_addr + 12, 4);
		inet_ntop(
		    AF_INET, v6->sin6_addr.s6_addr + 12, text, SOURCE_TEXT);
	} else if (sa->sa_family == AF_INET6) {
		key->bytes[0] = 6;
		memcpy(key->bytes + 1, &v6->sin6_addr, 8);
		inet_ntop(AF_INET6, &v6->sin6_addr, text, SOURCE_TEXT);
	}
}

bool
source_parse(const char *text, struct source_key *key)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	char again[SOURCE_TEXT];

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		source_read((struct sockaddr *)&v4, key, again);
	else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
		source_read((struct sockaddr *)&v6, key, again);
	else
		return false;
	return true;
}

static bool
key_same(const struct source_key *a, const struct source_key *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void
sources_init(struct sources *s)
{
	memset(s, 0, sizeof(*s));
}

void
sources_release(struct sources *s)
{
	free(s->conns);
	sources_init(s);
}

enum source_verdict
sources_admit(const struct sources *s, const struct source_key *key,
    uint32_t all, uint32_t each, int64_t now)
{
	uint32_t total = 0, same = 0;
	size_t i;

	for (i = 0; i < s->npenalties; i++)
		if (key_same(&s->penalties[i].key, key) &&
		    now < s->penalties[i].until)
			return SOURCE_BAD;
	for (i = 0; i < s->count; i++) {
		if (!s->conns[i].counted)
			continue;
		total++;
		same += key_same(&s->conns[i].key, key);
	}
	if (same >= each)
		return SOURCE_MANY;
	return total >= all ? SOURCE_FULL : SOURCE_WELCOME;
}

static enum err
sources_grow(struct sources *s)
{
	size_t cap = s->cap != 0 ? s->cap * 2 : 64;
	struct source_conn *p;

	if (s->count < s->cap)
		return ERR_NONE;
	if (s->count >= SOURCES_MAX)
		return ERR_LIMIT;
	if ((p = reallocarray(s->conns, cap, sizeof(*p))) == NULL)
		return ERR_NOMEM;
	s->conns = p;
	s->cap = cap;
	return ERR_NONE;
}

enum err
sources_enter(struct sources *s, const struct source_key *key, uint32_t *id)
{
	enum err err = sources_grow(s);

	if (err != ERR_NONE)
		return err;
	if (++s->next_id == 0)
		s->next_id = 1;
	s->conns[s->count++] = (struct source_conn) {
	    .id = s->next_id,
	    .pid = -1,
	    .key = *key,
	    .counted = true,
	};
	*id = s->next_id;
	return ERR_NONE;
}

struct source_conn *
sources_find(struct sources *s, uint32_t id)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->conns[i].id == id)
			return &s->conns[i];
	return NULL;
}

struct source_conn *
sources_find_pid(struct sources *s, pid_t pid)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->conns[i].pid == pid)
			return &s->conns[i];
	return NULL;
}

void
sources_leave(struct sources *s, uint32_t id)
{
	struct source_conn *c = sources_find(s, id);

	if (c != NULL)
		*c = s->conns[--s->count];
}

/* The row of key, or the one to give up for it: that which ends first. */
static struct source_penalty *
penalty_row(struct sources *s, const struct source_key *key)
{
	struct source_penalty *row = &s->penalties[0];
	size_t i;

	for (i = 0; i < s->npenalties; i++) {
		if (key_same(&s->penalties[i].key, key))
			return &s->penalties[i];
		if (s->penalties[i].until < row->until)
			row = &s->penalties[i];
	}
	if (s->npenalties < SOURCE_PENALTIES)
		row = &s->penalties[s->npenalties++];
	*row = (struct source_penalty) {.key = *key};
	return row;
}

void
sources_penalise(struct sources *s, const struct source_key *key, int64_t now)
{
	struct source_penalty *p = penalty_row(s, key);
	int64_t ms = PENALTY_MS;
	uint32_t i;

	for (i = 0; i < p->times && ms < PENALTY_MAX_MS; i++)
		ms *= 2;
	p->times++;
	p->until = now + (ms < PENALTY_MAX_MS ? ms : PENALTY_MAX_MS);
}

void
sources_put(struct buf *b, const struct sources *s)
{
	uint32_t counted = 0;
	size_t i;

	buf_put_u32(b, s->next_id);
	buf_put_u32(b, (uint32_t)s->npenalties);
	for (i = 0; i < s->npenalties; i++) {
		buf_add(b, &s->penalties[i].key, sizeof(struct source_key));
		buf_put_i64(b, s->penalties[i].until);
		buf_put_u32(b, s->penalties[i].times);
	}
	for (i = 0; i < s->count; i++)
		counted += s->conns[i].counted;
	buf_put_u32(b, counted);
	for (i = 0; i < s->count; i++) {
		if (!s->conns[i].counted)
			continue;
		buf_put_u32(b, s->conns[i].id);
		buf_add(b, &s->conns[i].key, sizeof(struct source_key));
	}
}

static void
key_get(struct rd *r, struct source_key *key)
{
	size_t i;

	for (i = 0; i < sizeof(key->bytes); i++)
		key->bytes[i] = rd_u8(r);
}

enum err
sources_get(struct rd *r, struct sources *s)
{
	struct source_conn *c;
	enum err err;
	uint32_t i, n;

	sources_release(s);
	s->next_id = rd_u32(r);
	if ((n = rd_u32(r)) > SOURCE_PENALTIES)
		return ERR_PROTOCOL;
	for (i = 0; i < n && r->err == ERR_NONE; i++) {
		key_get(r, &s->penalties[i].key);
		s->penalties[i].until = rd_i64(r);
		s->penalties[i].times = rd_u32(r);
		s->npenalties = i + 1;
	}
	n = rd_u32(r);
	for (i = 0; i < n && r->err == ERR_NONE; i++) {
		if ((err = sources_grow(s)) != ERR_NONE)
			return err;
		c = &s->conns[s->count];
		c->id = rd_u32(r);
		c->pid = -1;
		key_get(r, &c->key);
		c->counted = true;
		s->count += r->err == ERR_NONE;
	}
	return r->err;
}
