/*
 * Who asks, and how often he may.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>

#include "worker/http.h"

enum { WAYS = 4 };

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static void
source_v4(struct http_source *out, const struct in_addr *in)
{
	memcpy(out->bytes, mapped, sizeof(mapped));
	memcpy(out->bytes + sizeof(mapped), in, 4);
}

static void
source_v6(struct http_source *out, const struct in6_addr *in)
{
	memset(out->bytes, 0, sizeof(out->bytes));
	if (memcmp(in, mapped, sizeof(mapped)) == 0 || IN6_IS_ADDR_LOOPBACK(in))
		memcpy(out->bytes, in, 16);
	else
		memcpy(out->bytes, in, 8);
}

bool
http_source_read(const struct sockaddr *sa, struct http_source *out)
{
	if (sa->sa_family == AF_INET)
		source_v4(out, &((const struct sockaddr_in *)sa)->sin_addr);
	else if (sa->sa_family == AF_INET6)
		source_v6(out, &((const struct sockaddr_in6 *)sa)->sin6_addr);
	else
		return false;
	return true;
}

bool
http_source_loopback(const struct http_source *s)
{
	static const uint8_t one[16] = {[15] = 1};

	return memcmp(s->bytes, one, 16) == 0 ||
	       (memcmp(s->bytes, mapped, sizeof(mapped)) == 0 &&
		   s->bytes[sizeof(mapped)] == 127);
}

bool
http_source_forwarded(const char *header, struct http_source *out)
{
	const char *last = strrchr(header, ',');
	char text[INET6_ADDRSTRLEN];
	struct in6_addr v6;
	struct in_addr v4;
	size_t n;

	last = last != NULL ? last + 1 : header;
	last += strspn(last, " \t");
	n = strcspn(last, " \t");
	if (n == 0 || n >= sizeof(text) ||
	    last[n + strspn(last + n, " \t")] != '\0')
		return false;
	memcpy(text, last, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, &v4) == 1)
		source_v4(out, &v4);
	else if (inet_pton(AF_INET6, text, &v6) == 1)
		source_v6(out, &v6);
	else
		return false;
	return true;
}

void
http_limits_init(struct http_limits *l)
{
	memset(l, 0, sizeof(*l));
	randombytes_buf(l->key, sizeof(l->key));
}

/* The source's bucket, full when it is new. */
static struct http_bucket *
bucket_of(
    struct http_limits *l, const struct http_source *source, int64_t now_ms)
{
	uint8_t hash[crypto_shorthash_BYTES];
	struct http_bucket *set, *b;
	uint32_t at;
	size_t i;

	crypto_shorthash(hash, source->bytes, sizeof(source->bytes), l->key);
	memcpy(&at, hash, sizeof(at));
	set = &l->buckets[at % (HTTP_BUCKETS / WAYS) * WAYS];
	b = set;
	for (i = 0; i < WAYS; i++) {
		if (set[i].at != 0 &&
		    memcmp(&set[i].source, source, sizeof(*source)) == 0)
			return &set[i];
		if (set[i].at < b->at)
			b = &set[i];
	}
	*b = (struct http_bucket) {
	    .source = *source, .at = now_ms, .tokens = HTTP_BURST};
	return b;
}

bool
http_limits_admit(struct http_limits *l, const struct http_source *source,
    int64_t now_ms, bool spend)
{
	struct http_bucket *b = bucket_of(l, source, now_ms);
	int64_t come = (now_ms - b->at) / HTTP_TOKEN_MS;

	b->at += come * HTTP_TOKEN_MS;
	b->tokens += come;
	if (b->tokens > HTTP_BURST)
		b->tokens = HTTP_BURST;
	if (b->tokens == 0)
		return false;
	b->tokens -= spend;
	return true;
}
