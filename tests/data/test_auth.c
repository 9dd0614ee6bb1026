/* Proof by password and by key, delays, and what is written down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/auth.h"
#include "data/tenant.h"
#include "data/throttle.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

#define KEY                                                                    \
	"ssh-ed25519 "                                                         \
	"AAAAC3NzaC1lZDI1NTE5AAAAIEFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
#define HOME "192.0.2.7"
#define AWAY "198.51.100.9"

/* A login with a password in the first tenant and one in another. */
static int
setup(void **state)
{
	struct tenant other = {.name = "ruralnet",
	    .brand = "Rural",
	    .currency = "CHF",
	    .zone = "Europe/Zurich"};
	struct shop *p;

	shop_setup(state);
	p = *state;
	OK(login_create(
	    p->st, p->customer, "demo@example.net", "Demo", "right one", NULL));
	OK(tenant_create(p->st, &other));
	p->tenant = other.id;
	shop_system(p);
	OK(login_create(p->st, shop_customer(p, "rural"), "rural@example.net",
	    "Rural", "rural one", NULL));
	p->tenant = 1;
	store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
	return 0;
}

static int
teardown(void **state)
{
	return shop_teardown(state);
}

static struct auth
try(struct shop *p, const char *user, const char *email, const char *password,
    const char *source)
{
	struct auth a;

	OK(auth_password(p->st, user, email, password, source, &a));
	assert_int_equal(store_identity(p->st)->role, ROLE_SYSTEM);
	assert_int_equal(store_identity(p->st)->tenant, 0);
	return a;
}

static int64_t
audits(struct shop *p, const char *result)
{
	char n[32];

	scratch_str(&p->s, n, sizeof(n),
	    "SELECT COUNT(*) FROM audit WHERE "
	    "action = 'login' AND result = '%s'",
	    result);
	return strtoll(n, NULL, 10);
}

static void
right_password_gives_the_identity(void **state)
{
	struct shop *p = *state;
	struct auth a = try(p, "portal", "Demo@Example.NET", "right one", HOME);

	assert_int_equal(a.result, AUTH_OK);
	assert_int_equal(a.id.tenant, 1);
	assert_int_equal(a.id.customer, p->customer);
	assert_true(a.id.login > 0);
	assert_int_equal(a.id.role, ROLE_CUSTOMER);
	assert_string_equal(a.id.source, HOME);
	assert_string_equal(a.tenant, "portal");
	assert_string_equal(a.zone, "Europe/Vienna");
	assert_string_equal(a.brand, "Ridgenet");
	assert_string_equal(a.email, "demo@example.net");
	assert_int_equal(a.delay_ms, 0);
	assert_int_equal(audits(p, "ok"), 1);
	assert_int_equal(scratch_int(&p->s, "SELECT last_at FROM login WHERE "
					    "email_fold = 'demo@example.net'"),
	    p->s.clock.fixed);
}

static void
wrong_is_wrong_whatever_is_wrong(void **state)
{
	static const struct {
		const char *user, *email, *password;
	} wrong[] = {
	    {"portal", "demo@example.net", "left one"},
	    {"portal", "demo@example.net", ""},
	    {"portal", "nobody@example.net", "right one"},
	    {"ruralnet", "demo@example.net", "right one"},
	    {"ruralnet=demo@example.net", "", "right one"},
	    {"portal", "", "right one"},
	    {"rural@example.net", "", "rural one"},
	};
	struct shop *p = *state;
	size_t n = sizeof(wrong) / sizeof(*wrong);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(try(p, wrong[i].user, wrong[i].email,
				     wrong[i].password, HOME)
				     .result,
		    AUTH_WRONG);
	assert_int_equal(audits(p, "wrong"), n);
}

static void
user_name_picks_the_tenant(void **state)
{
	static const struct {
		const char *user, *email;
	} right[] = {
	    {"ruralnet", "rural@example.net"},
	    {"ruralnet=rural@example.net", ""},
	};
	struct shop *p = *state;

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    try(p, right[i].user, right[i].email, "rural one", HOME)
			.id.tenant,
		    2);
	/* No such tenant: the default one. */
	assert_int_equal(
	    try(p, "root", "demo@example.net", "right one", HOME).result,
	    AUTH_OK);
	assert_int_equal(
	    try(p, "demo@example.net", "", "right one", HOME).result, AUTH_OK);
	assert_int_equal(
	    try(p, "portal=demo@example.net", "", "right one", HOME).result,
	    AUTH_OK);
}

static void
login_without_password_never_matches(void **state)
{
	struct shop *p = *state;

	shop_system(p);
	OK(login_create(
	    p->st, p->customer, "new@example.net", "New", NULL, NULL));
	assert_int_equal(
	    login_create(p->st, p->customer, "x@example.net", "X", "", NULL),
	    ERR_BAD_INPUT);
	store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
	assert_int_equal(
	    try(p, "portal", "new@example.net", "", HOME).result, AUTH_WRONG);
}

static void
a_blocked_or_inactive_customer_gets_in(void **state)
{
	static const char *const states[] = {"blocked", "inactive"};
	struct shop *p = *state;

	for (size_t i = 0; i < 2; i++) {
		shop_system(p);
		OK(customer_set_state(p->st, p->customer, states[i]));
		store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
		assert_int_equal(
		    try(p, "portal", "demo@example.net", "right one", HOME)
			.result,
		    AUTH_OK);
	}
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM audit WHERE "
			       "action IN ('blocked', 'inactive')"),
	    2);
}

static void
disabled_is_said_only_after_the_proof(void **state)
{
	struct shop *p = *state;
	struct auth a;

	scratch_sql(&p->s, "UPDATE login SET disabled = 1");
	a = try(p, "portal", "demo@example.net", "right one", HOME);
	assert_int_equal(a.result, AUTH_DISABLED);
	assert_int_equal(a.id.login, 0);
	a = try(p, "portal", "demo@example.net", "left one", HOME);
	assert_int_equal(a.result, AUTH_WRONG);
	assert_int_equal(audits(p, "disabled"), 1);
	assert_int_equal(
	    scratch_int(&p->s, "SELECT COUNT(*) FROM login WHERE last_at > 0"),
	    0);
}

static void
delays_grow_after_three_failures_up_to_a_limit(void **state)
{
	static const int64_t expect[] = {
	    0, 0, 0, 1000, 2000, 4000, 8000, 16000, 16000};
	struct shop *p = *state;

	for (size_t i = 0; i < sizeof(expect) / sizeof(*expect); i++)
		assert_int_equal(
		    try(p, "portal", "demo@example.net", "x", AWAY).delay_ms,
		    expect[i]);
	/* Another network shares the account's count, and is not refused. */
	assert_int_equal(
	    try(p, "portal", "demo@example.net", "right one", "203.0.113.1")
		.delay_ms,
	    16000);
	/* A neighbour of the attacker does not wait for another account... */
	assert_int_equal(
	    try(p, "ruralnet", "rural@example.net", "x", "198.51.100.200")
		.delay_ms,
	    0);
	/* ...until that network has tried a great many. */
	for (int i = 0; i < 30; i++) {
		char email[32];

		snprintf(email, sizeof(email), "nobody%d@example.net", i);
		try(p, "portal", email, "x", AWAY);
	}
	assert_int_equal(
	    try(p, "portal", "new@example.net", "x", AWAY).delay_ms, 4000);
	/* A day later it is forgotten. */
	p->s.clock.fixed += 2 * SHOP_DAY;
	assert_int_equal(
	    try(p, "portal", "demo@example.net", "x", AWAY).delay_ms, 0);
	assert_int_equal(
	    scratch_int(&p->s,
		"SELECT COUNT(*) FROM throttle WHERE last_at < 1778846400"),
	    0);
}

static void
victim_at_home_never_waits_for_an_attacker(void **state)
{
	struct shop *p = *state;
	struct auth a;

	assert_int_equal(
	    try(p, "portal", "demo@example.net", "right one", HOME).result,
	    AUTH_OK);
	for (int i = 0; i < 5; i++)
		try(p, "portal", "demo@example.net", "x", AWAY);
	/* The same network, another machine of it. */
	a = try(p, "portal", "demo@example.net", "right one", "192.0.2.200");
	assert_int_equal(a.result, AUTH_OK);
	assert_int_equal(a.delay_ms, 0);
}

static void
own_failures_at_home_are_forgiven_by_success(void **state)
{
	struct shop *p = *state;

	try(p, "portal", "demo@example.net", "right one", HOME);
	for (int i = 0; i < 4; i++)
		try(p, "portal", "demo@example.net", "x", HOME);
	assert_int_equal(
	    try(p, "portal", "demo@example.net", "right one", HOME).delay_ms,
	    2000);
	assert_int_equal(
	    try(p, "portal", "demo@example.net", "right one", HOME).delay_ms,
	    0);
}

static void
hostile_names_are_recorded_clean(void **state)
{
	static char large[4096];
	struct shop *p = *state;

	memset(large, 'a', sizeof(large) - 1);
	try(p, "portal", "a\x1b[2J\n@x", "x", HOME);
	try(p, "portal", large, "x", "not an address \x1b[0m");
	try(p, large, "", "x", HOME);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM audit WHERE "
					    "actor LIKE '%\x1b%' "
					    "OR source LIKE '%\x1b%'"),
	    0);
	assert_int_equal(audits(p, "wrong"), 3);
}

static int64_t
login_of(struct shop *p)
{
	return scratch_int(&p->s,
	    "SELECT id FROM login WHERE email_fold = 'demo@example.net'");
}

/* The wire form of KEY. */
static size_t
key_blob(unsigned char blob[64])
{
	memcpy(blob, "\0\0\0\13ssh-ed25519\0\0\0\40", 19);
	memset(blob + 19, 'A', 32);
	return 51;
}

static struct auth
try_key(struct shop *p, const char *user, bool verified)
{
	unsigned char blob[64];
	struct auth a;

	OK(auth_key(p->st, user, blob, key_blob(blob), verified, HOME, &a));
	return a;
}

static void
add_key(struct shop *p)
{
	char fingerprint[64];

	shop_system(p);
	OK(login_key_add(p->st, login_of(p), KEY " laptop", fingerprint));
	assert_memory_equal(fingerprint, "SHA256:", 7);
	assert_int_equal(strlen(fingerprint), 7 + 43);
	store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
}

static void
key_is_a_login_only_when_verified(void **state)
{
	struct shop *p = *state;
	struct auth a;

	assert_int_equal(try_key(p, "portal", false).result, AUTH_WRONG);
	assert_int_equal(audits(p, "wrong"), 0);
	assert_int_equal(try_key(p, "portal", true).result, AUTH_WRONG);
	assert_int_equal(audits(p, "wrong"), 1);
	add_key(p);
	a = try_key(p, "portal", false);
	assert_int_equal(a.result, AUTH_OK);
	assert_int_equal(a.id.login, login_of(p));
	assert_int_equal(audits(p, "ok"), 0);
	a = try_key(p, "portal", true);
	assert_int_equal(a.result, AUTH_OK);
	assert_int_equal(a.id.customer, p->customer);
	assert_int_equal(audits(p, "ok"), 1);
	assert_int_equal(
	    scratch_int(
		&p->s, "SELECT COUNT(*) FROM login_key WHERE used_at > 0"),
	    1);
	assert_int_equal(scratch_int(&p->s, "SELECT COUNT(*) FROM login_source "
					    "WHERE source = '192.0.2.0/24'"),
	    1);
}

static void
key_is_of_one_tenant_and_one_address(void **state)
{
	struct shop *p = *state;

	add_key(p);
	assert_int_equal(try_key(p, "ruralnet", true).result, AUTH_WRONG);
	assert_int_equal(
	    try_key(p, "other@example.net", true).result, AUTH_WRONG);
	assert_int_equal(try_key(p, "DEMO@example.net", true).result, AUTH_OK);
	assert_int_equal(try_key(p, "anything", true).result, AUTH_OK);
}

static void
key_of_a_disabled_login_must_be_proven_first(void **state)
{
	struct shop *p = *state;

	add_key(p);
	scratch_sql(&p->s, "UPDATE login SET disabled = 1");
	assert_int_equal(try_key(p, "portal", false).result, AUTH_OK);
	assert_int_equal(try_key(p, "portal", true).result, AUTH_DISABLED);
}

static void
staff_are_staff(void **state)
{
	struct shop *p = *state;
	struct auth a;

	shop_system(p);
	OK(login_create(
	    p->st, 0, "staff@example.net", "Staff", "staff one", NULL));
	assert_int_equal(login_create(p->st, 0, "STAFF@example.net", "Staff",
			     "staff one", NULL),
	    ERR_BAD_INPUT);
	shop_problem(p, "email");
	store_become(p->st, &(struct identity) {.role = ROLE_SYSTEM});
	a = try(p, "portal", "staff@example.net", "staff one", HOME);
	assert_int_equal(a.result, AUTH_OK);
	assert_int_equal(a.id.role, ROLE_STAFF);
	assert_int_equal(a.id.customer, 0);
}

static void
sources_are_counted_by_network(void **state)
{
	static const struct {
		const char *source, *network;
	} of[] = {
	    {"192.0.2.7", "192.0.2.0/24"},
	    {"::ffff:192.0.2.99", "192.0.2.0/24"},
	    {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
	    {"2001:db8:1:2::", "2001:db8:1:2::/64"},
	    {"console", "console"},
	    {"", ""},
	};
	char network[THROTTLE_SOURCE];

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		throttle_source(network, of[i].source);
		assert_string_equal(network, of[i].network);
	}
}

static void
hashes_are_salted_argon2id(void **state)
{
	char a[PASSWORD_HASH], b[PASSWORD_HASH];

	(void)state;
	OK(password_hash(a, "secret"));
	OK(password_hash(b, "secret"));
	assert_string_not_equal(a, b);
	assert_memory_equal(a, "$argon2id$", 10);
	assert_true(password_verify(a, "secret"));
	assert_false(password_verify(a, "secret "));
	assert_false(password_verify("", ""));
	assert_false(password_verify("nonsense", "secret"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(right_password_gives_the_identity),
	    TEST(wrong_is_wrong_whatever_is_wrong),
	    TEST(user_name_picks_the_tenant),
	    TEST(login_without_password_never_matches),
	    TEST(a_blocked_or_inactive_customer_gets_in),
	    TEST(disabled_is_said_only_after_the_proof),
	    TEST(delays_grow_after_three_failures_up_to_a_limit),
	    TEST(victim_at_home_never_waits_for_an_attacker),
	    TEST(own_failures_at_home_are_forgiven_by_success),
	    TEST(hostile_names_are_recorded_clean),
	    TEST(key_is_a_login_only_when_verified),
	    TEST(key_is_of_one_tenant_and_one_address),
	    TEST(key_of_a_disabled_login_must_be_proven_first),
	    TEST(staff_are_staff),
	    cmocka_unit_test(sources_are_counted_by_network),
	    cmocka_unit_test(hashes_are_salted_argon2id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
