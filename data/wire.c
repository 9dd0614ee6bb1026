/*
 * Encoding and decoding of store messages.  What is read may be hostile: it is
 * checked here, and the first thing wrong sticks to the cursor.
 */
#include "data/wire.h"

#include <string.h>

/* One past the last of ERR_LIST. */
enum {
	ERR_COUNT = 0
#define X(name, text) +1
	ERR_LIST(X)
#undef X
};

void
wire_put_value(struct buf *b, const struct value *v)
{
	buf_put_u8(b, (uint8_t)v->type);
	switch (v->type) {
	case VALUE_NULL:
		break;
	case VALUE_INT:
		buf_put_i64(b, v->i);
		break;
	case VALUE_TEXT:
		buf_put_u32(b, (uint32_t)v->n + 1);
		buf_add(b, v->p, v->n);
		buf_put_u8(b, 0);
		break;
	case VALUE_BYTES:
		buf_put_blob(b, v->p, v->n);
		break;
	}
}

size_t
wire_value_size(const struct value *v)
{
	switch (v->type) {
	case VALUE_NULL:
		return 1;
	case VALUE_INT:
		return 1 + 8;
	case VALUE_TEXT:
		return 1 + 4 + v->n + 1;
	case VALUE_BYTES:
		return 1 + 4 + v->n;
	}
	return 1;
}

struct value
wire_value(struct rd *r)
{
	struct value v = {.type = rd_u8(r)};

	switch (v.type) {
	case VALUE_NULL:
		break;
	case VALUE_INT:
		v.i = rd_i64(r);
		break;
	case VALUE_TEXT:
		v.p = rd_blob(r, &v.n);
		if (r->err != ERR_NONE)
			break;
		if (v.n == 0 || strnlen(v.p, v.n) != v.n - 1)
			r->err = ERR_PROTOCOL;
		else
			v.n--;
		break;
	case VALUE_BYTES:
		v.p = rd_blob(r, &v.n);
		break;
	default:
		if (r->err == ERR_NONE)
			r->err = ERR_PROTOCOL;
	}
	return r->err == ERR_NONE ? v : (struct value) {.type = VALUE_NULL};
}

void
wire_put_reply(struct buf *b, enum err err, const struct problem *p)
{
	buf_put_u8(b, (uint8_t)err);
	buf_put_str(b, p != NULL ? p->field : "");
	buf_put_str(b, p != NULL ? p->text : "");
}

enum err
wire_reply(struct rd *r, struct problem *p)
{
	struct problem got;
	uint8_t err = rd_u8(r);

	rd_str(r, got.field, sizeof(got.field));
	rd_str(r, got.text, sizeof(got.text));
	if (r->err == ERR_NONE && err >= ERR_COUNT)
		r->err = ERR_PROTOCOL;
	if (r->err != ERR_NONE)
		return r->err;
	*p = got;
	return (enum err)err;
}

void
wire_put_identity(struct buf *b, const struct identity *id)
{
	buf_put_i64(b, id->tenant);
	buf_put_i64(b, id->customer);
	buf_put_i64(b, id->login);
	buf_put_u8(b, (uint8_t)id->role);
	buf_put_str(b, id->source);
	buf_put_str(b, id->session);
}

void
wire_identity(struct rd *r, struct identity *id)
{
	memset(id, 0, sizeof(*id));
	id->tenant = rd_i64(r);
	id->customer = rd_i64(r);
	id->login = rd_i64(r);
	id->role = rd_u8(r);
	rd_str(r, id->source, sizeof(id->source));
	rd_str(r, id->session, sizeof(id->session));
	if (r->err == ERR_NONE && (unsigned)id->role > ROLE_SYSTEM)
		r->err = ERR_PROTOCOL;
}

void
wire_put_note(struct buf *b, const struct note *note)
{
	buf_put_u8(b, (uint8_t)note->type);
	buf_put_u32(b, note->topics);
}

void
wire_note(struct rd *r, struct note *note)
{
	note->type = rd_u8(r);
	note->topics = rd_u32(r);
	if (r->err == ERR_NONE &&
	    (note->type < NOTE_CHANGED || note->type > NOTE_BACK))
		r->err = ERR_PROTOCOL;
}
