/* Asking many queries with one message. */
#include "data/batch.h"

#include <string.h>

void
batch_init(struct batch *b)
{
	*b = (struct batch) {0};
	buf_init(&b->asked, IPC_BODY_MAX);
	ipc_msg_init(&b->reply);
}

void
batch_release(struct batch *b)
{
	buf_wipe(&b->asked);
	ipc_msg_release(&b->reply);
}

/* The place of a query among those asked; n when it is none. */
static size_t
place_of(const struct batch *b, const struct buf *query)
{
	struct rd asked = rd_buf(&b->asked);
	const void *p;
	size_t i, len;

	for (i = 0; i < b->n; i++) {
		p = rd_blob(&asked, &len);
		if (len == query->len && memcmp(p, query->data, len) == 0)
			break;
	}
	return i;
}

void
batch_ask(struct batch *b, const struct buf *query)
{
	size_t before = b->asked.len;

	if (query->err != ERR_NONE || b->n == QUERIES_MAX ||
	    place_of(b, query) < b->n)
		return;
	buf_put_blob(&b->asked, query->data, query->len);
	if (b->asked.err == ERR_NONE)
		b->n++;
	else
		buf_cut(&b->asked, before);
}

enum err
batch_answered(struct batch *b, struct rd *body)
{
	const void *p;
	size_t len;

	while (body->left > 0 && b->nanswers < b->n) {
		if ((p = rd_blob(body, &len)) == NULL)
			break;
		b->answers[b->nanswers++] = rd_init(p, len);
	}
	return rd_end(body);
}

bool
batch_find(const struct batch *b, const struct buf *query, struct rd *answer)
{
	size_t i = query->err == ERR_NONE ? place_of(b, query) : b->n;

	if (i >= b->nanswers)
		return false;
	*answer = b->answers[i];
	return true;
}
