/*
 * Lines that somebody gives as a public key.  After one byte that is odd, what
 * follows is a blob, put in base64 behind a type, so that its form is reached.
 */
#include <sodium.h>

#include "base/text.h"
#include "data/engine.h"
#include "data/sshkey.h"
#include "tests/fuzz/fuzz.h"

static const char *const types[] = {"ssh-ed25519", "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp521", "ssh-rsa", "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com"};

static char *
line_of(const uint8_t *p, size_t n)
{
	const size_t count = sizeof(types) / sizeof(*types);
	const char *type = types[p[0] / 2 % count];
	size_t name = strlen(type), blob = n - 1 + 4 + name, size;
	uint8_t *b = malloc(blob);
	char *line;

	size = name + 1 +
	       sodium_base64_encoded_len(blob, sodium_base64_VARIANT_ORIGINAL);
	REQUIRE(b != NULL && (line = malloc(size)) != NULL);
	memcpy(b, (uint8_t[4]) {0, 0, 0, (uint8_t)name}, 4);
	memcpy(b + 4, type, name);
	memcpy(b + 4 + name, p + 1, n - 1);
	memcpy(line, type, name);
	line[name] = ' ';
	sodium_bin2base64(line + name + 1, size - name - 1, b, blob,
	    sodium_base64_VARIANT_ORIGINAL);
	free(b);
	return line;
}

static void
check_key(const struct sshkey *k)
{
	char fingerprint[SSHKEY_FINGERPRINT];

	REQUIRE(k->len > 4 + strlen(k->type) && k->len <= SSHKEY_BLOB);
	REQUIRE(k->blob[3] == strlen(k->type));
	REQUIRE(memcmp(k->blob + 4, k->type, strlen(k->type)) == 0);
	REQUIRE(text_is_clean(k->comment, TEXT_LINE));
	sshkey_fingerprint(fingerprint, k->blob, k->len);
	REQUIRE(strcmp(fingerprint, k->fingerprint) == 0);
	REQUIRE(strlen(fingerprint) == 7 + 43);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct store st = {0};
	struct sshkey key;
	char *line;
	enum err err;

	if (n == 0)
		return 0;
	line = p[0] % 2 == 1 ? line_of(p, n) : string_of(p + 1, n - 1);
	memset(&key, 0x55, sizeof(key));
	err = sshkey_parse(&st, line, &key);
	if (err == ERR_NONE) {
		check_key(&key);
	} else {
		REQUIRE(err == ERR_BAD_INPUT);
		REQUIRE(strcmp(st.problem.field, "key") == 0);
		REQUIRE(st.problem.text[0] != '\0');
		REQUIRE(key.len == (size_t)0x5555555555555555);
	}
	free(line);
	return 0;
}
