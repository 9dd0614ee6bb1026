/* Counting failures. */
#include "data/throttle.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum {
	DELAY_FIRST_MS = 1000,
	FORGET_SECONDS = 86400,
	FOLDED = 300,
};

void
throttle_source(char dst[THROTTLE_SOURCE], const char *source)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	unsigned char a[16];
	const unsigned char *v4 = NULL;
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET, source, a) == 1)
		v4 = a;
	else if (inet_pton(AF_INET6, source, a) != 1) {
		text_clean(dst, THROTTLE_SOURCE, source,
		    strnlen(source, THROTTLE_SOURCE), TEXT_LINE);
		return;
	} else if (memcmp(a, mapped, sizeof(mapped)) == 0)
		v4 = a + sizeof(mapped);
	if (v4 != NULL) {
		snprintf(
		    dst, THROTTLE_SOURCE, "%d.%d.%d.0/24", v4[0], v4[1], v4[2]);
		return;
	}
	memset(a + 8, 0, 8);
	inet_ntop(AF_INET6, a, text, sizeof(text));
	snprintf(dst, THROTTLE_SOURCE, "%s/64", text);
}

void
throttle_key_account(char dst[THROTTLE_KEY], int64_t tenant, const char *email)
{
	char folded[FOLDED];

	text_fold(folded, sizeof(folded), email);
	snprintf(dst, THROTTLE_KEY, "%" PRId64 ":%s", tenant, folded);
}

void
throttle_key_familiar(
    char dst[THROTTLE_KEY], int64_t tenant, int64_t login, const char *source)
{
	snprintf(dst, THROTTLE_KEY, "%" PRId64 "/%" PRId64 "@%s", tenant, login,
	    source);
}

void
throttle_key_source(char dst[THROTTLE_KEY], const char *source)
{
	snprintf(dst, THROTTLE_KEY, "@%s", source);
}

enum err
throttle_get(
    struct store *st, const char *key, int64_t *failures, int64_t *last_at)
{
	struct query q = query_begin(st, SQL_THROTTLE_GET);
	int64_t now = clock_now(store_clock(st));

	*failures = *last_at = 0;
	query_bind_text(&q, key);
	while (query_row(&q)) {
		if (col_int(&q, 1) < now - FORGET_SECONDS)
			continue;
		*failures = col_int(&q, 0);
		*last_at = col_int(&q, 1);
	}
	return query_end(&q);
}

static enum err
prune(struct store *st, int64_t now)
{
	struct query q = query_begin(st, SQL_THROTTLE_PRUNE);

	query_bind_int(&q, now - FORGET_SECONDS);
	return query_run(&q, NULL);
}

enum err
throttle_fail(struct store *st, const char *key)
{
	int64_t now = clock_now(store_clock(st));
	struct query q;
	enum err err;

	if ((err = prune(st, now)) != ERR_NONE)
		return err;
	q = query_begin(st, SQL_THROTTLE_FAIL);
	query_bind_text(&q, key);
	query_bind_int(&q, now);
	return query_run(&q, NULL);
}

enum err
throttle_clear(struct store *st, const char *key)
{
	struct query q = query_begin(st, SQL_THROTTLE_CLEAR);

	query_bind_text(&q, key);
	return query_run(&q, NULL);
}

int64_t
throttle_delay_ms(enum throttle_of of, int64_t failures)
{
	/* Behind one source there may be a whole village. */
	static const struct {
		int64_t free, max_ms;
	} rules[] = {
	    [THROTTLE_ACCOUNT] = {3, 16000},
	    [THROTTLE_NETWORK] = {30, 4000},
	};
	int64_t delay = DELAY_FIRST_MS;

	if (failures < rules[of].free)
		return 0;
	for (int64_t i = rules[of].free;
	     i < failures && delay < rules[of].max_ms; i++)
		delay *= 2;
	return delay;
}
