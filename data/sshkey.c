/*
 * Reading public keys.  Only their form is checked here; whether somebody holds
 * the private half is for SSH to find out.
 */
#include "data/sshkey.h"

#include <sodium.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 16384, ED25519_BYTES = 32 };

/* A cursor over SSH's length-prefixed strings. */
struct wire {
	const unsigned char *p;
	size_t left;
	bool bad;
};

static const unsigned char *
wire_string(struct wire *w, size_t *n)
{
	const unsigned char *p = w->p;
	size_t len;

	*n = 0;
	if (w->bad || w->left < 4)
		goto bad;
	len =
	    (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (len > w->left - 4)
		goto bad;
	w->p += 4 + len;
	w->left -= 4 + len;
	*n = len;
	return p + 4;
bad:
	w->bad = true;
	return NULL;
}

static bool
wire_is(struct wire *w, const char *text)
{
	size_t n;
	const unsigned char *p = wire_string(w, &n);

	return p != NULL && n == strlen(text) && memcmp(p, text, n) == 0;
}

/* Bits of a positive number. */
static size_t
wire_bits(struct wire *w)
{
	size_t n, bits;
	const unsigned char *p = wire_string(w, &n);

	if (p == NULL || n == 0 || (p[0] & 0x80) != 0) {
		w->bad = true;
		return 0;
	}
	for (; n > 0 && *p == 0; n--)
		p++;
	if (n == 0)
		return 0;
	bits = n * 8;
	for (unsigned char top = *p; (top & 0x80) == 0; top <<= 1)
		bits--;
	return bits;
}

struct key_type;
typedef const char *key_check(struct wire *w, const struct key_type *t);

struct key_type {
	const char *name;
	key_check *check;
	const char *curve;
	size_t point;  /* bytes of a point of the curve */
	bool hardware; /* followed by the application it is for */
};

static const char *const garbled = N_("The key is damaged. Copy it again.");

static const char *
check_ed25519(struct wire *w, const struct key_type *t)
{
	size_t n;

	(void)t;
	wire_string(w, &n);
	return n == ED25519_BYTES ? NULL : garbled;
}

static const char *
check_ecdsa(struct wire *w, const struct key_type *t)
{
	const unsigned char *p;
	size_t n;

	if (!wire_is(w, t->curve))
		return garbled;
	p = wire_string(w, &n);
	return p != NULL && n == t->point && p[0] == 4 ? NULL : garbled;
}

static const char *
check_rsa(struct wire *w, const struct key_type *t)
{
	size_t e, n;

	(void)t;
	e = wire_bits(w);
	n = wire_bits(w);
	if (w->bad || e < 2 || e > 64 || n > RSA_BITS_MAX)
		return garbled;
	if (n < RSA_BITS_MIN)
		return N_("An RSA key needs 2048 bits or more. "
			  "Make another: ssh-keygen -t ed25519");
	return NULL;
}

/* clang-format off */
static const struct key_type key_types[] = {
	{ "ssh-ed25519", check_ed25519, NULL, 0, false },
	{ "ecdsa-sha2-nistp256", check_ecdsa, "nistp256", 65, false },
	{ "ecdsa-sha2-nistp384", check_ecdsa, "nistp384", 97, false },
	{ "ecdsa-sha2-nistp521", check_ecdsa, "nistp521", 133, false },
	{ "ssh-rsa", check_rsa, NULL, 0, false },
	{ "sk-ssh-ed25519@openssh.com", check_ed25519, NULL, 0, true },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", check_ecdsa, "nistp256", 65,
	  true },
};
/* clang-format on */

static const struct key_type *
type_find(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(key_types) / sizeof(*key_types); i++)
		if (strlen(key_types[i].name) == n &&
		    memcmp(key_types[i].name, s, n) == 0)
			return &key_types[i];
	return NULL;
}

/* NULL, or what is wrong with the blob. */
static const char *
blob_check(const struct sshkey *k, const struct key_type *t)
{
	struct wire w = {.p = k->blob, .left = k->len};
	const char *wrong;
	size_t n;

	if (!wire_is(&w, t->name))
		return garbled;
	if ((wrong = t->check(&w, t)) != NULL)
		return wrong;
	if (t->hardware)
		wire_string(&w, &n);
	return w.bad || w.left != 0 ? garbled : NULL;
}

/* What a line that begins with no type we take may be instead. */
static const char *
stranger(const char *line)
{
	const char *word;

	if (strstr(line, "PRIVATE KEY") != NULL ||
	    strncmp(line, "PuTTY-User-Key-File", 19) == 0)
		return N_("This is a private key: keep it to yourself. Give "
			  "the file that ends in .pub.");
	if (strncmp(line, "---- BEGIN", 10) == 0)
		return N_("Give the key in OpenSSH's form, one line: "
			  "ssh-keygen -i -f FILE");
	if (strstr(line, "-cert-v01@") != NULL)
		return N_("Certificates are not supported. Give the plain "
			  "public key.");
	if (strncmp(line, "ssh-dss", 7) == 0)
		return N_("DSA keys are no longer safe. "
			  "Make another: ssh-keygen -t ed25519");
	for (word = line; *word != '\0'; word += strcspn(word, " \t")) {
		word += strspn(word, " \t");
		if (type_find(word, strcspn(word, " \t")) != NULL)
			return N_("Options before the key are not supported. "
				  "Leave them out.");
	}
	return N_("That is not an SSH public key. Give the file that ends in "
		  ".pub.");
}

enum err
sshkey_parse(struct store *st, const char *line, struct sshkey *out)
{
	const struct key_type *t;
	struct sshkey k = {0};
	const char *wrong;
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, " \t\r\n");
	if ((t = type_find(line, n)) == NULL)
		return store_refuse(st, "key", stranger(line));
	strcpy(k.type, t->name);
	line += n;
	line += strspn(line, " \t");
	n = strcspn(line, " \t\r\n");
	if (sodium_base642bin(k.blob, sizeof(k.blob), line, n, NULL, &k.len,
		NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return store_refuse(st, "key", garbled);
	if ((wrong = blob_check(&k, t)) != NULL)
		return store_refuse(st, "key", wrong);
	line += n;
	line += strspn(line, " \t");
	n = strcspn(line, "\r\n");
	if (line[n + strspn(line + n, "\r\n \t")] != '\0')
		return store_refuse(
		    st, "key", N_("Give one key, on one line."));
	while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\t'))
		n--;
	/* A longer comment is only a name: what fits will do. */
	text_clean(k.comment, sizeof(k.comment), line, n, TEXT_LINE);
	sshkey_fingerprint(k.fingerprint, k.blob, k.len);
	*out = k;
	return ERR_NONE;
}

void
sshkey_fingerprint(char dst[SSHKEY_FINGERPRINT], const void *blob, size_t len)
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	memcpy(dst, "SHA256:", 7);
	crypto_hash_sha256(hash, blob, len);
	sodium_bin2base64(dst + 7, SSHKEY_FINGERPRINT - 7, hash, sizeof(hash),
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}
