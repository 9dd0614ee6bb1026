/* Keys of statement entries: what makes importing one twice harmless. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/camt.h"

/* A credit in one of the orders below. */
struct item {
	struct camt_credit *credit;
	char content[CAMT_KEY];
	size_t at;
};

struct hash {
	crypto_hash_sha256_state state;
};

/* With its length: no two fields can be mistaken for another two. */
static void
hash_text(struct hash *h, const char *s)
{
	char length[24];
	int n = snprintf(length, sizeof(length), "%zu:", strlen(s));

	crypto_hash_sha256_update(
	    &h->state, (const unsigned char *)length, (size_t)n);
	crypto_hash_sha256_update(
	    &h->state, (const unsigned char *)s, strlen(s));
}

static void
hash_int(struct hash *h, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, v);
	hash_text(h, text);
}

static void
hash_begin(struct hash *h, const char *kind, const char *iban,
    const struct camt_credit *e)
{
	crypto_hash_sha256_init(&h->state);
	hash_text(h, kind);
	hash_text(h, iban);
	hash_text(h, e->booked);
	hash_int(h, e->amount);
	hash_text(h, e->currency);
}

static void
hash_end(struct hash *h, char key[CAMT_KEY])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(&h->state, digest);
	sodium_bin2hex(key, CAMT_KEY, digest, sizeof(digest));
}

static void
reference_key(const char *iban, struct camt_credit *e)
{
	struct hash h;

	hash_begin(&h, "reference", iban, e);
	hash_text(&h, e->bank_reference);
	hash_int(&h, (int64_t)e->part);
	hash_end(&h, e->key);
}

static void
content_key(const char *iban, const struct camt_credit *e, int64_t count,
    char key[CAMT_KEY])
{
	struct hash h;

	hash_begin(&h, "content", iban, e);
	hash_text(&h, e->valued);
	hash_text(&h, e->payer);
	hash_text(&h, e->payer_iban);
	hash_text(&h, e->end_to_end);
	hash_text(&h, e->reference);
	hash_text(&h, e->text);
	hash_int(&h, count);
	hash_end(&h, key);
}

static int
by_number(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int
by_reference(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;
	int c = strcmp(a->credit->key, b->credit->key);

	return c != 0 ? c : by_number(a->at, b->at);
}

static int
by_content(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;
	int c = strcmp(a->content, b->content);

	if (c == 0)
		c = by_number(a->credit->statement, b->credit->statement);
	return c != 0 ? c : by_number(a->at, b->at);
}

/* References that name different things are none: such a bank fills the field
 * with the same on every line. */
static void
references_drop(struct item *items, size_t n)
{
	size_t from, to, i;
	bool differ;

	qsort(items, n, sizeof(*items), by_reference);
	for (from = 0; from < n; from = to) {
		const char *key = items[from].credit->key;

		differ = false;
		for (to = from;
		     to < n && strcmp(items[to].credit->key, key) == 0; to++)
			differ |=
			    strcmp(items[to].content, items[from].content) != 0;
		if (differ)
			for (i = from; i < to; i++)
				items[i].credit->bank_reference[0] = '\0';
	}
}

/* Two equal transfers on one day are two; in the next statement that has them
 * they are those two again. */
static void
contents_count(const char *iban, struct item *items, size_t n)
{
	int64_t count = 0;

	qsort(items, n, sizeof(*items), by_content);
	for (size_t i = 0; i < n; i++) {
		bool same =
		    i > 0 &&
		    strcmp(items[i].content, items[i - 1].content) == 0 &&
		    items[i].credit->statement ==
			items[i - 1].credit->statement;

		count = same ? count + 1 : 0;
		if (items[i].credit->bank_reference[0] == '\0')
			content_key(
			    iban, items[i].credit, count, items[i].credit->key);
	}
}

enum err
camt_keys(struct camt *c)
{
	struct item *items = calloc(c->n + 1, sizeof(*items));

	if (items == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < c->n; i++) {
		items[i].credit = &c->credits[i];
		items[i].at = i;
		reference_key(c->iban, &c->credits[i]);
		content_key(c->iban, &c->credits[i], 0, items[i].content);
	}
	references_drop(items, c->n);
	contents_count(c->iban, items, c->n);
	free(items);
	return ERR_NONE;
}
