/*
 * Reading and writing the bodies of proto.h.  What a login child says is
 * hostile: everything is bounded and checked here, before anybody uses it.
 */
#include "sshd/proto.h"

#include <string.h>

#include "base/ipc.h"
#include "base/text.h"

enum { SIZE_MAX_COLS = 1000, SIZE_MAX_PIXELS = 65535 };

enum err
proto_send(int fd, uint16_t type, struct buf *b, const int *fds, size_t nfds)
{
	enum err err = ipc_send(fd, type, b, fds, nfds);

	buf_wipe(b);
	return err;
}

bool
session_var_valid(const char *name, const char *value)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "abcdefghijklmnopqrstuvwxyz0123456789_.@-";

	if (strcmp(name, "LANG") != 0 &&
	    (strncmp(name, "LC_", 3) != 0 || name[3] == '\0' ||
		name[3 + strspn(name + 3, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] !=
		    '\0'))
		return false;
	return value[strspn(value, ok)] == '\0' &&
	       strlen(name) + 1 + strlen(value) < SESSION_VAR;
}

static bool
session_pair_valid(const char *pair)
{
	const char *eq = strchr(pair, '=');
	char name[SESSION_VAR];

	if (eq == NULL)
		return false;
	memcpy(name, pair, (size_t)(eq - pair));
	name[eq - pair] = '\0';
	return session_var_valid(name, eq + 1);
}

void
session_request_put(struct buf *b, const struct session_request *rq)
{
	uint32_t i;

	buf_put_u8(b, rq->kind);
	buf_put_u8(b, rq->pty);
	buf_put_str(b, rq->term);
	buf_put_u32(b, rq->cols);
	buf_put_u32(b, rq->rows);
	buf_put_u32(b, rq->xpixels);
	buf_put_u32(b, rq->ypixels);
	buf_put_u32(b, rq->nvars);
	for (i = 0; i < rq->nvars; i++)
		buf_put_str(b, rq->vars[i]);
	buf_put_str(b, rq->command);
}

enum err
session_request_get(struct rd *r, struct session_request *rq)
{
	bool ok = true;
	uint32_t i;
	uint8_t kind;

	memset(rq, 0, sizeof(*rq));
	kind = rd_u8(r);
	rq->kind = kind;
	rq->pty = rd_u8(r) != 0;
	rd_str(r, rq->term, sizeof(rq->term));
	rq->cols = rd_u32(r);
	rq->rows = rd_u32(r);
	rq->xpixels = rd_u32(r);
	rq->ypixels = rd_u32(r);
	rq->nvars = rd_u32(r);
	if (rq->nvars > SESSION_VARS)
		return ERR_PROTOCOL;
	for (i = 0; i < rq->nvars && r->err == ERR_NONE; i++) {
		rd_str(r, rq->vars[i], sizeof(rq->vars[i]));
		ok = ok && session_pair_valid(rq->vars[i]);
	}
	rd_str(r, rq->command, sizeof(rq->command));
	if (r->err != ERR_NONE)
		return r->err;
	if (!ok || kind > SESSION_SUBSYSTEM || rq->cols > SIZE_MAX_COLS ||
	    rq->rows > SIZE_MAX_COLS || rq->xpixels > SIZE_MAX_PIXELS ||
	    rq->ypixels > SIZE_MAX_PIXELS ||
	    (rq->pty && !text_is_term(rq->term)))
		return ERR_PROTOCOL;
	return ERR_NONE;
}

void
identity_put(struct buf *b, const struct identity *id)
{
	buf_put_i64(b, id->tenant);
	buf_put_i64(b, id->customer);
	buf_put_i64(b, id->login);
	buf_put_u8(b, id->role);
	buf_put_str(b, id->source);
	buf_put_str(b, id->session);
}

enum err
identity_get(struct rd *r, struct identity *id)
{
	memset(id, 0, sizeof(*id));
	id->tenant = rd_i64(r);
	id->customer = rd_i64(r);
	id->login = rd_i64(r);
	id->role = rd_u8(r);
	rd_str(r, id->source, sizeof(id->source));
	rd_str(r, id->session, sizeof(id->session));
	if (r->err == ERR_NONE && id->role > ROLE_SYSTEM)
		r->err = ERR_PROTOCOL;
	return r->err;
}

void
proof_put(struct buf *b, const struct proof *p)
{
	buf_put_u8(b, p->err);
	buf_put_u8(b, p->ok);
	buf_put_i64(b, p->delay_ms);
	identity_put(b, &p->id);
	buf_put_str(b, p->tenant);
	buf_put_str(b, p->zone);
	buf_put_str(b, p->locale);
}

enum err
proof_get(struct rd *r, struct proof *p)
{
	memset(p, 0, sizeof(*p));
	p->err = rd_u8(r);
	p->ok = rd_u8(r) != 0;
	p->delay_ms = rd_i64(r);
	identity_get(r, &p->id);
	rd_str(r, p->tenant, sizeof(p->tenant));
	rd_str(r, p->zone, sizeof(p->zone));
	rd_str(r, p->locale, sizeof(p->locale));
	return r->err;
}

void
listener_limits_put(struct buf *b, const struct listener_limits *l)
{
	buf_put_u32(b, l->grace_s);
	buf_put_u32(b, l->unauthenticated);
	buf_put_u32(b, l->per_source);
	buf_put_u32(b, l->channels);
	buf_put_u32(b, l->idle_minutes);
	buf_put_u8(b, l->drop);
	buf_put_u32(b, l->uid);
	buf_put_u32(b, l->gid);
	buf_put_str(b, l->kex);
}

enum err
listener_limits_get(struct rd *r, struct listener_limits *l)
{
	memset(l, 0, sizeof(*l));
	l->grace_s = rd_u32(r);
	l->unauthenticated = rd_u32(r);
	l->per_source = rd_u32(r);
	l->channels = rd_u32(r);
	l->idle_minutes = rd_u32(r);
	l->drop = rd_u8(r) != 0;
	l->uid = rd_u32(r);
	l->gid = rd_u32(r);
	rd_str(r, l->kex, sizeof(l->kex));
	return r->err;
}
