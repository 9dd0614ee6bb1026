/* Creditor references and IBANs. */
#include "data/reference.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	MOD = 97,
	HEAD = 4, /* RF and check digits, country and check digits */
	YEAR = 4,
	SERIAL_MIN = 6,
	SERIAL_MAX = 14,
	TENANT_MAX = 12, /* digits */
	WORD_MAX = 12,
	IBAN_MIN = 15,
	SQUEEZED = 4096,
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Letters and digits of s, letters capital, as many as fit.  gap, unless NULL:
 * did something else stand before each, and before the end? */
static size_t
squeeze(char *dst, bool *gap, size_t size, const char *s)
{
	bool other = false;
	size_t n = 0;

	for (; *s != '\0' && n + 1 < size; s++) {
		char c = *s >= 'a' && *s <= 'z' ? (char)(*s - 'a' + 'A') : *s;

		if (!is_digit(c) && !is_capital(c)) {
			other = true;
			continue;
		}
		if (gap != NULL)
			gap[n] = other;
		dst[n++] = c;
		other = false;
	}
	if (gap != NULL)
		gap[n] = true;
	dst[n] = '\0';
	return n;
}

/* Of a number in which A is 10 and Z is 35. */
static unsigned
mod97(unsigned r, const char *s, size_t n)
{
	for (; n > 0; n--, s++)
		r = is_digit(*s) ? (r * 10 + (unsigned)(*s - '0')) % MOD
				 : (r * 100 + (unsigned)(*s - 'A' + 10)) % MOD;
	return r;
}

/* The head counts as if it stood at the end. */
static bool
checks(const char *s, size_t n)
{
	return mod97(mod97(0, s + HEAD, n - HEAD), s, HEAD) == 1;
}

static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

static size_t
capitals(const char *s)
{
	return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

/* Serial numbers have six digits, or more that do not begin with 0: so where a
 * number ends is never in doubt when other digits follow a short one. */
static bool
serial_ok(const char *s, size_t n)
{
	return n == SERIAL_MIN ||
	       (n > SERIAL_MIN && n <= SERIAL_MAX && *s != '0');
}

/* "INV2026000498" of n characters as "INV-2026-000498". */
static bool
number_read(const char *s, size_t n, char number[REFERENCE_NUMBER])
{
	size_t word = capitals(s), serial;

	if (word == 0 || word > WORD_MAX || n <= word + YEAR)
		return false;
	serial = n - word - YEAR;
	if (digits(s + word) < YEAR + serial ||
	    !serial_ok(s + word + YEAR, serial))
		return false;
	snprintf(number, REFERENCE_NUMBER, "%.*s-%.*s-%.*s", (int)word, s, YEAR,
	    s + word, (int)serial, s + word + YEAR);
	return true;
}

/* Of the first n characters; they are letters and digits. */
static bool
squeezed_read(const char *s, size_t n, int64_t *tenant, char number[])
{
	size_t d;
	int64_t id = 0;

	if (n <= HEAD || n >= REFERENCE_SIZE || s[0] != 'R' || s[1] != 'F' ||
	    !is_digit(s[2]) || !is_digit(s[3]) || !checks(s, n))
		return false;
	d = digits(s + HEAD);
	if (d == 0 || d > TENANT_MAX || s[HEAD] == '0' || HEAD + d >= n)
		return false;
	for (size_t i = 0; i < d; i++)
		id = id * 10 + (s[HEAD + i] - '0');
	if (!number_read(s + HEAD + d, n - HEAD - d, number))
		return false;
	*tenant = id;
	return true;
}

bool
reference_make(char dst[REFERENCE_SIZE], int64_t tenant, const char *number)
{
	char s[64], body[48], back[REFERENCE_NUMBER];
	int64_t id;
	unsigned check;

	squeeze(body, NULL, sizeof(body), number);
	snprintf(s, sizeof(s), "RF00%" PRId64 "%s", tenant, body);
	check =
	    MOD + 1 - mod97(mod97(0, s + HEAD, strlen(s + HEAD)), "RF00", HEAD);
	s[2] = (char)('0' + check / 10);
	s[3] = (char)('0' + check % 10);
	/* Only what can be read back is one. */
	if (!squeezed_read(s, strlen(s), &id, back) || id != tenant ||
	    strcmp(back, number) != 0)
		return false;
	strcpy(dst, s);
	return true;
}

void
reference_print(char dst[REFERENCE_PRINTED], const char *reference)
{
	size_t n = 0;

	for (size_t i = 0; reference[i] != '\0' && i + 1 < REFERENCE_SIZE;
	     i++) {
		if (i > 0 && i % 4 == 0)
			dst[n++] = ' ';
		dst[n++] = reference[i];
	}
	dst[n] = '\0';
}

static void
add(char found[REFERENCE_FOUND][REFERENCE_NUMBER], size_t *n,
    const char *number)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(found[i], number) == 0)
			return;
	if (*n < REFERENCE_FOUND)
		strcpy(found[(*n)++], number);
}

/* A text, and where something was left out of it. */
struct words {
	char s[SQUEEZED];
	bool gap[SQUEEZED];
};

/* A reference that begins here, one that ends where a word does rather than one
 * that does not. */
static bool
reference_here(const struct words *w, size_t at, int64_t tenant, char number[])
{
	const char *s = w->s + at;
	size_t left = strlen(s);
	int64_t id;

	for (int gap = 1; gap >= 0; gap--)
		for (size_t n = HEAD + 1; n < REFERENCE_SIZE && n <= left; n++)
			if (w->gap[at + n] == gap &&
			    squeezed_read(s, n, &id, number) && id == tenant)
				return true;
	return false;
}

/* Does a reference begin right before?  It was mistyped, or it is another
 * tenant's: then its number is not to be trusted. */
static bool
within_reference(const char *s, size_t at)
{
	size_t d = 0;

	while (d < at && is_digit(s[at - d - 1]))
		d++;
	return d > 2 && at - d >= 2 && memcmp(s + at - d - 2, "RF", 2) == 0;
}

static bool
number_here(const struct words *w, size_t at, char number[])
{
	const size_t word = 3, head = word + YEAR;
	const char *s = w->s + at;

	if ((strncmp(s, "INV", word) != 0 && strncmp(s, "PRO", word) != 0) ||
	    within_reference(w->s, at))
		return false;
	for (size_t n = head + SERIAL_MIN; n <= head + SERIAL_MAX; n++)
		if (n <= head + digits(s + head) &&
		    (w->gap[at + n] || s[head] == '0') &&
		    number_read(s, n, number))
			return true;
	return false;
}

size_t
reference_find(const char *text, int64_t tenant, bool numbers,
    char found[REFERENCE_FOUND][REFERENCE_NUMBER])
{
	char number[REFERENCE_NUMBER];
	struct words w;
	size_t n = 0, len = squeeze(w.s, w.gap, sizeof(w.s), text);

	for (size_t i = 0; i < len; i++)
		if (reference_here(&w, i, tenant, number))
			add(found, &n, number);
	for (size_t i = 0; numbers && i < len; i++)
		if (number_here(&w, i, number))
			add(found, &n, number);
	return n;
}

bool
iban_read(char dst[IBAN_SIZE], const char *text)
{
	char s[IBAN_SIZE + 1];
	size_t n = squeeze(s, NULL, sizeof(s), text);

	if (n < IBAN_MIN || n >= IBAN_SIZE || capitals(s) != 2 ||
	    digits(s + 2) < 2 || !checks(s, n))
		return false;
	strcpy(dst, s);
	return true;
}

bool
iban_equal(const char *a, const char *b)
{
	char x[IBAN_SIZE + 1], y[IBAN_SIZE + 1];
	size_t n = squeeze(x, NULL, sizeof(x), a);

	squeeze(y, NULL, sizeof(y), b);
	return n > 0 && n < IBAN_SIZE && strcmp(x, y) == 0;
}
