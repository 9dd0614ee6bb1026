/*
 * Text of any bytes: what comes out of text_clean() is clean and stays so, and
 * everybody who measures agrees about the columns.
 */
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

static char *
room(size_t size)
{
	char *p = malloc(size);

	REQUIRE(p != NULL);
	memset(p, 'X', size);
	return p;
}

static void
check_clean(const uint8_t *p, size_t n, enum text_flags flags, size_t size)
{
	size_t most = 3 * n + 1, len;
	char *all = room(most), *again = room(most), *part = room(size);
	enum err err;

	REQUIRE(text_clean(all, most, (const char *)p, n, flags) == ERR_NONE);
	len = strlen(all);
	REQUIRE(text_is_clean(all, flags));
	REQUIRE(text_clean(again, most, all, len, flags) == ERR_NONE);
	REQUIRE(strcmp(all, again) == 0);
	text_clean_self(again, flags);
	REQUIRE(strcmp(all, again) == 0);

	err = text_clean(part, size, (const char *)p, n, flags);
	REQUIRE(err == (len < size ? ERR_NONE : ERR_TOO_BIG));
	REQUIRE(strncmp(all, part, strlen(part)) == 0);
	REQUIRE(text_is_clean(part, flags));
	/* It stopped only where a character would not fit. */
	REQUIRE(err == ERR_NONE || strlen(part) + 4 >= size);
	free(part);
	free(again);
	free(all);
}

static void
check_self(const char *s, enum text_flags flags)
{
	size_t n = strlen(s);
	char *self = string_of((const uint8_t *)s, n), *other = room(3 * n + 1);
	bool clean = text_is_clean(s, flags);

	text_clean_self(self, flags);
	REQUIRE(strlen(self) <= n);
	REQUIRE(text_is_clean(self, flags));
	REQUIRE(!clean || strcmp(self, s) == 0);
	text_clean(other, 3 * n + 1, s, n, flags);
	REQUIRE(clean == (strcmp(other, s) == 0));
	free(other);
	free(self);
}

static size_t
width_of(const char *s, size_t n)
{
	char *part = string_of((const uint8_t *)s, n);
	size_t width = text_width(part);

	free(part);
	return width;
}

static void
check_width(const char *s, size_t columns, size_t size)
{
	size_t sum = 0, at = 0, len = strlen(s), n;
	char *cut = room(size);
	int w;

	for (; (n = text_next(s + at, &w)) > 0; at += n) {
		REQUIRE(w >= 0 && w <= 2 && at + n <= len);
		sum += (size_t)w;
	}
	REQUIRE(s[at] == '\0');
	REQUIRE(sum == text_width(s));

	text_cut(cut, size, s, columns);
	REQUIRE(strlen(cut) < size && text_width(cut) <= columns);
	if (sum <= columns && len < size)
		REQUIRE(strcmp(cut, s) == 0);
	if (text_is_clean(s, TEXT_LINE))
		REQUIRE(text_is_clean(cut, TEXT_LINE));
	free(cut);
}

static void
check_wrap(const char *s, size_t columns)
{
	size_t at = 0, len = strlen(s), n, skip;

	for (;;) {
		n = text_wrap(s + at, columns, &skip);
		if (n + skip == 0)
			break;
		REQUIRE(at + n + skip <= len);
		REQUIRE(width_of(s + at, n) <= columns);
		REQUIRE(memchr(s + at, '\n', n) == NULL);
		REQUIRE(strspn(s + at + n, " \n") >= skip);
		at += n + skip;
	}
	REQUIRE(s[at] == '\0');
}

static void
check_fold(const char *s, size_t size)
{
	size_t most = 4 * strlen(s) + 1;
	char *once = room(most), *twice = room(most), *part = room(size);

	text_fold(once, most, s);
	REQUIRE(strlen(once) < most - 1 || most == 1);
	text_fold(twice, most, once);
	REQUIRE(strcmp(once, twice) == 0);
	REQUIRE(once[0] != ' ' && strstr(once, "  ") == NULL);
	text_fold(part, size, s);
	REQUIRE(strlen(part) < size);
	REQUIRE(strncmp(part, once, strlen(part)) == 0);
	free(part);
	free(twice);
	free(once);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct feed f = {p, n};
	enum text_flags flags = feed_int(&f, 1) % 2 ? TEXT_LINES : TEXT_LINE;
	size_t columns = (size_t)feed_int(&f, 1), size;
	char *s;

	size = (size_t)feed_int(&f, 1) + 1;
	check_clean(f.p, f.left, flags, size);
	s = string_of(f.p, f.left);
	check_self(s, flags);
	/* As it came, and as it is drawn. */
	for (int i = 0; i < 2; i++) {
		check_width(s, columns, size);
		check_wrap(s, columns < 2 ? 2 : columns);
		check_fold(s, size);
		REQUIRE(!text_is_email(s) || text_is_clean(s, TEXT_LINE));
		REQUIRE(!text_is_term(s) || strlen(s) <= 32);
		text_clean_self(s, flags);
	}
	free(s);
	return 0;
}
