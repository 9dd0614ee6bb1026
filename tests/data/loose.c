#include "tests/data/loose.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

struct word {
	const char *p;
	size_t n;
};

static bool
in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static struct word
word_before(const char *text, const char *end)
{
	const char *p;

	while (end > text && isspace((unsigned char)end[-1]))
		end--;
	for (p = end; p > text && in_name(p[-1]); p--)
		;
	return (struct word) {p, (size_t)(end - p)};
}

static struct word
word_after(const char *p)
{
	size_t n = 0;

	p += strspn(p, " \t\n");
	while (in_name(p[n]))
		n++;
	return (struct word) {p, n};
}

static bool
is_identity(struct word w)
{
	return w.n == 2 && w.p[0] == '$' && (w.p[1] == '1' || w.p[1] == '2');
}

/* A column that says whose a row is. */
static bool
is_owner(struct word w)
{
	static const char *const names[] = {"tenant", "customer"};

	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(names[i]);

		if (w.n >= n && memcmp(w.p + w.n - n, names[i], n) == 0 &&
		    (w.n == n || w.p[w.n - n - 1] == '.'))
			return true;
	}
	return false;
}

int
loosen(char *dst, size_t size, const char *text)
{
	const char *p = text, *rest = text;
	char *out = dst;
	int n = 0;

	assert(strlen(text) < size);
	for (; (p = strchr(p, '=')) != NULL; p++) {
		struct word left = word_before(text, p);
		struct word right = word_after(p + 1);

		if (left.n == 0 || (!is_identity(left) && !is_identity(right) &&
				       !(is_owner(left) && is_owner(right))))
			continue;
		memcpy(out, rest, (size_t)(left.p - rest));
		out += left.p - rest;
		memcpy(out, "TRUE", 4); /* shorter than any of them */
		out += 4;
		rest = right.p + right.n;
		n++;
	}
	strcpy(out, rest);
	return n;
}
