/*
 * Names, passwords and keys as SSH clients claim them, on a store with three
 * customers: nobody is let in but with a key or the password of that login, and
 * never at another tenant.
 */
#include "base/log.h"
#include "data/auth.h"
#include "tests/data/fixture.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/snapshot.h"

struct world {
	struct fixture f;
	struct snapshot start;
};

static struct world *
world(void)
{
	static struct world w;

	if (w.start.st == NULL) {
		log_open("fuzz_auth", LOG_LVL_ERROR);
		fixture_open(&w.f);
		snapshot_take(&w.start, &w.f.scratch);
	}
	return &w;
}

/* malloc'ed: a user name, an address or both as they are, or anything. */
static char *
name(struct world *w, struct feed *f)
{
	uint8_t pick = (uint8_t)feed_int(f, 1);
	const struct holding *h = &w->f.of[pick / 8 % WHO_COUNT];
	const char *const names[] = {"portal", "ruralnet", "", h->email,
	    "ruralnet=caro@example.net", "portal=anna@example.net"};
	const char *s = names[pick % 6];

	if (pick >= 128)
		return feed_string(f);
	return string_of((const uint8_t *)s, strlen(s));
}

static const struct holding *
holder(const struct world *w, const struct auth *a)
{
	for (int who = 0; who < WHO_COUNT; who++)
		if (w->f.of[who].login == a->id.login)
			return &w->f.of[who];
	return NULL;
}

static void
check_answer(const struct world *w, const struct auth *a, bool proven)
{
	const struct holding *h = holder(w, a);

	REQUIRE(a->delay_ms >= 0 && a->delay_ms <= 16 * 1000);
	REQUIRE(a->result == AUTH_OK || a->result == AUTH_WRONG);
	if (a->result != AUTH_OK)
		return;
	REQUIRE(proven && h != NULL);
	REQUIRE(a->id.tenant == h->tenant && a->id.customer == h->customer);
	REQUIRE(a->id.role == ROLE_CUSTOMER);
	REQUIRE(strcmp(a->email, h->email) == 0);
}

static void
try_key(struct world *w, struct feed *f, const char *user, const char *source)
{
	uint8_t how = (uint8_t)feed_int(f, 1);
	const struct holding *h = &w->f.of[how % WHO_COUNT];
	struct auth a = {0};
	uint8_t *blob;
	size_t n;

	blob = feed_block(f, &n);
	if (how >= 128) {
		/* A real one, perhaps with a byte of it changed. */
		free(blob);
		n = sizeof(h->key);
		blob = malloc(n);
		REQUIRE(blob != NULL);
		memcpy(blob, h->key, n);
		blob[feed_int(f, 1) % n] ^= (uint8_t)feed_int(f, 1);
	}
	if (auth_key(w->start.st, user, blob, n, how & 1, source, &a) ==
	    ERR_NONE) {
		check_answer(w, &a,
		    holder(w, &a) != NULL && n == sizeof(h->key) &&
			memcmp(blob, holder(w, &a)->key, n) == 0);
	}
	free(blob);
}

static void
try_password(
    struct world *w, struct feed *f, const char *user, const char *source)
{
	char *email = name(w, f), *password = feed_string(f);
	struct auth a = {0};

	if (feed_int(f, 1) & 1) {
		free(password);
		password = strdup(FIXTURE_PASSWORD);
	}
	if (auth_password(w->start.st, user, email, password, source, &a) ==
	    ERR_NONE)
		check_answer(w, &a, strcmp(password, FIXTURE_PASSWORD) == 0);
	free(password);
	free(email);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct world *w = world();
	struct feed f = {p, n};
	uint8_t how = (uint8_t)feed_int(&f, 1);
	char *user = name(w, &f), *source = feed_string(&f);

	/* Hashing a password takes long on purpose. */
	if (how == 'p')
		try_password(w, &f, user, source);
	else
		try_key(w, &f, user, source);
	REQUIRE(!store_in_transaction(w->start.st));
	REQUIRE(store_identity(w->start.st)->role == ROLE_SYSTEM);
	snapshot_restore(&w->start);
	free(source);
	free(user);
	return 0;
}
