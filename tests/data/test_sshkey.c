/* Public keys as people paste them: the fingerprints are ssh-keygen's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/sshkey.h"
#include "tests/data/shop.h"

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, shop_setup, shop_teardown)

/* clang-format off */
static const struct {
	const char *type, *blob, *fingerprint;
} good[] = {
	{ "ssh-ed25519",
	    "AAAAC3NzaC1lZDI1NTE5AAAAIBKTgO01tQTyVkcsbVyxHNGmkZS+S64w/KizHg34"
	    "2pfg",
	    "SHA256:ZEUCmr1RiaGPLwVQpsDypYoZczoN8fNonB5H3lRWLXU" },
	{ "ecdsa-sha2-nistp256",
	    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFkdkrb+3VTr"
	    "HWy1PQGYmXO1Z9imEXq90fXxadG3Y9xBqfGhHsLubWb1iP93njVL5gqYn6xIbjKU"
	    "gqCfVQmzbxA=",
	    "SHA256:RnCiN+Mex2Pyy2Joib4N8wnovNQHl+NsbKz2nYO05Yc" },
	{ "ecdsa-sha2-nistp384",
	    "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBJaz3Q+b9eSp"
	    "GXZkttPWz0Pc+w5abDPHdMXqhaZQigK6m5dV4hfYfPbC/7N+7f8AQTmivDNw8EWc"
	    "5rtAsN1hwbQq3vRKk7jifllhqgCtOoJ0u/UOQTMnaX7sANAAQpZHSQ==",
	    "SHA256:1VBc1nYC8T5854GJhIxjZ6bwWQhu808BeSdOTw69z0Q" },
	{ "ecdsa-sha2-nistp521",
	    "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAFLt6tww5uc"
	    "motmwFjQDH+FIN028dtb0+g4t8CfpPtbp9dB8PJ6eWX6Z1Set7puYKNkHo22ulLv"
	    "3294+iIL79mYmwHjNvQQT4p9+RnYVjTM32pKCK+AiPLUgnCsA0ermI2I02SSDCes"
	    "P9SVxwmaPaDhi/fIbZMKuEKfDzSxffRqC75alg==",
	    "SHA256:mIgUvtclH58+A58rzINRmy0fpPggXf+X2ooqOBtXOAg" },
	{ "ssh-rsa",
	    "AAAAB3NzaC1yc2EAAAADAQABAAABAQCwr8eku6JXqhr4gi1l0bKk+XfsAx0gk6vo"
	    "VnA+C/558ft8ouImNfIVjx4gUlkvheg8RksSWDcTxTxN5OSM9Eb/lyr1EZhJT9c4"
	    "WCb3s4BVUq4jCOvmZ4ssNTkGbygj9vbpAlc7qZmTh/HFv2q/NFAexnQYxPxPg8hN"
	    "xnSBHdvVYYVet/1QnsCdsxlpx3oL09qyqEIPAMjZwHOYyDMsID9xSV0Tsf0yJ71L"
	    "XmmmD7BKJYCHiKON4Lap7QLctpuZ4Bjn0R2nCUjpG1oTw6xpgNskXVJy9YFBlm/9"
	    "socm7+WvFMNzAGBUPAJf18eREY6dM8SDPAZcFVv+mnO2UmJwjW6f",
	    "SHA256:QcUDIdKt8b8GxuAHf/quL9j1O0n4iYTIHgxD3xJI/2g" },
};

static const char weak[] =
    "ssh-rsa "
    "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDPl8lSCYMklm2ifDA1IeLtZaBdwrgA47fu"
    "f6rMyPiIjjXvfpE1wOQhR7jDvGD0Rs3etR9UD0h4VMyZG2rnidAbIGdAWE3s19TS"
    "iFlIli00g50laEtbu4WJ/HVGPI25KWaq9lLCxTC+RI5kuLxCsVIRQxtFQn7XzFL9"
    "dSJmaMrQCQ==";
/* clang-format on */

#define ED "ssh-ed25519 "
#define ED_BLOB                                                                \
	"AAAAC3NzaC1lZDI1NTE5AAAAIEFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"

static void
every_type_is_read_with_its_fingerprint(void **state)
{
	struct shop *p = *state;
	struct sshkey k;
	char line[2048];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		snprintf(line, sizeof(line), "  %s\t%s  me@host \r\n",
		    good[i].type, good[i].blob);
		OK(sshkey_parse(p->st, line, &k));
		assert_string_equal(k.type, good[i].type);
		assert_string_equal(k.fingerprint, good[i].fingerprint);
		assert_string_equal(k.comment, "me@host");
	}
	OK(sshkey_parse(p->st, ED ED_BLOB, &k));
	assert_string_equal(k.comment, "");
}

static void
a_broken_key_is_refused_wherever_it_breaks(void **state)
{
	struct shop *p = *state;
	struct sshkey k;
	char line[2048];
	size_t start, n;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		n = (size_t)snprintf(
		    line, sizeof(line), "%s %s", good[i].type, good[i].blob);
		start = strlen(good[i].type) + 1;
		/* Cut short anywhere. */
		while (n-- > start) {
			line[n] = '\0';
			assert_int_equal(
			    sshkey_parse(p->st, line, &k), ERR_BAD_INPUT);
		}
		/* The blob of another type. */
		snprintf(line, sizeof(line), "%s %s", good[i].type,
		    good[(i + 1) % 5].blob);
		assert_int_equal(sshkey_parse(p->st, line, &k), ERR_BAD_INPUT);
		/* Something behind it. */
		snprintf(line, sizeof(line), "%s %sAAAA", good[i].type,
		    good[i].blob);
		assert_int_equal(sshkey_parse(p->st, line, &k), ERR_BAD_INPUT);
	}
}

static void
refusals_say_what_to_give_instead(void **state)
{
	static const struct {
		const char *line, *says;
	} bad[] = {
	    {"-----BEGIN OPENSSH PRIVATE KEY-----", "private key"},
	    {"-----BEGIN RSA PRIVATE KEY-----", "private key"},
	    {"PuTTY-User-Key-File-3: ssh-ed25519", "private key"},
	    {"---- BEGIN SSH2 PUBLIC KEY ----", "ssh-keygen -i"},
	    {"ssh-ed25519-cert-v01@openssh.com AAAA", "ertificates"},
	    {"ssh-dss AAAA", "DSA"},
	    {"no-pty,command=\"x\" " ED ED_BLOB, "Options"},
	    {weak, "2048"},
	    {ED "!!!!", "damaged"},
	    {ED, "damaged"},
	    {ED ED_BLOB " a\n" ED ED_BLOB, "one line"},
	    {"hello", "not an SSH public key"},
	    {"", "not an SSH public key"},
	};
	struct shop *p = *state;
	struct sshkey k;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(
		    sshkey_parse(p->st, bad[i].line, &k), ERR_BAD_INPUT);
		assert_string_equal(store_problem(p->st)->field, "key");
		assert_non_null(
		    strstr(store_problem(p->st)->text, bad[i].says));
	}
}

static void
the_comment_is_cleaned(void **state)
{
	struct shop *p = *state;
	struct sshkey k;

	OK(sshkey_parse(p->st,
	    ED ED_BLOB " a\x1b[2J\xe2\x80\xae"
		       "b",
	    &k));
	assert_string_equal(k.comment, "a[2Jb");
}

static void
a_key_belongs_to_one_login_of_a_tenant(void **state)
{
	struct shop *p = *state;
	int64_t first, second;

	OK(login_create(
	    p->st, p->customer, "a@example.net", "A", NULL, &first));
	OK(login_create(
	    p->st, p->customer, "b@example.net", "B", NULL, &second));
	assert_int_equal(
	    login_key_add(p->st, 999, ED ED_BLOB, NULL), ERR_NOT_FOUND);
	OK(login_key_add(p->st, first, ED ED_BLOB, NULL));
	assert_int_equal(
	    login_key_add(p->st, second, ED ED_BLOB, NULL), ERR_BAD_INPUT);
	shop_problem(p, "key");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_type_is_read_with_its_fingerprint),
	    TEST(a_broken_key_is_refused_wherever_it_breaks),
	    TEST(refusals_say_what_to_give_instead),
	    TEST(the_comment_is_cleaned),
	    TEST(a_key_belongs_to_one_login_of_a_tenant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
