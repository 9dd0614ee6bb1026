/*
 * Command lines and paths as clients send them: words, wildcards, names below
 * the root.  A line, and a name after its NUL.
 */
#include "base/text.h"
#include "sshd/cmd/words.h"
#include "sshd/files/glob.h"
#include "sshd/files/vfs.h"
#include "tests/fuzz/fuzz.h"

/* Every word in quotes, one blank between. */
static char *
quoted(const struct words *w)
{
	char *line = malloc(4 * WORDS_BYTES + 4 * WORDS_MAX), *p = line;

	REQUIRE(line != NULL);
	for (size_t i = 0; i < w->n; i++) {
		*p++ = '\'';
		for (const char *s = w->v[i]; *s != '\0'; s++) {
			if (*s == '\'')
				p = stpcpy(p, "'\\'");
			*p++ = *s;
		}
		p = stpcpy(p, "' ");
	}
	*p = '\0';
	return line;
}

static void
check_words(const char *line)
{
	struct words w, again;
	enum err err = words_split(&w, line);
	char *other;

	if (err != ERR_NONE) {
		REQUIRE(err == ERR_TOO_BIG || err == ERR_BAD_INPUT);
		return;
	}
	REQUIRE(w.n <= WORDS_MAX && w.v[w.n] == NULL);
	for (size_t i = 0; i < w.n; i++) {
		REQUIRE(w.v[i] >= w.bytes && w.v[i] < w.bytes + WORDS_BYTES);
		REQUIRE(text_is_clean(w.v[i], TEXT_LINE));
	}
	other = quoted(&w);
	if (strlen(other) < WORDS_BYTES) {
		REQUIRE(words_split(&again, other) == ERR_NONE);
		REQUIRE(again.n == w.n);
		for (size_t i = 0; i < w.n; i++)
			REQUIRE(strcmp(again.v[i], w.v[i]) == 0);
	}
	free(other);
}

static void
check_word(const char *word, const char *name)
{
	char *plain = malloc(strlen(word) + 1);

	REQUIRE(plain != NULL);
	glob_literal(plain, word);
	REQUIRE(strlen(plain) <= strlen(word));
	if (!glob_is_pattern(word)) {
		REQUIRE(glob_match(word, plain));
		REQUIRE(glob_match(word, name) == (strcmp(plain, name) == 0));
	} else {
		glob_match(word, name);
	}
	free(plain);
}

static void
check_glob(const char *line, const char *name)
{
	struct glob_words w;
	enum err err = glob_split(&w, line);

	REQUIRE(glob_match("*", name));
	glob_match(line, name);
	if (err != ERR_NONE) {
		REQUIRE(err == ERR_TOO_BIG || err == ERR_BAD_INPUT);
		return;
	}
	for (size_t i = 0; i < w.n; i++)
		check_word(w.word[i], name);
	glob_words_release(&w);
}

/* However it was written, it is below the root and means the same again. */
static void
check_path(const uint8_t *p, size_t n)
{
	char path[VFS_PATH], again[VFS_PATH];

	if (vfs_path(path, p, n) != ERR_NONE)
		return;
	REQUIRE(path[0] == '/' && text_is_clean(path, TEXT_LINE));
	REQUIRE(strstr(path, "//") == NULL && strstr(path, "/../") == NULL);
	REQUIRE(path[1] == '\0' || path[strlen(path) - 1] != '/');
	for (char *s = path, *end; *s == '/' && s[1] != '\0'; s = end) {
		char part[VFS_PATH];

		end = s + 1 + strcspn(s + 1, "/");
		memcpy(part, s + 1, (size_t)(end - s - 1));
		part[end - s - 1] = '\0';
		REQUIRE(strcmp(part, "..") != 0 && strcmp(part, ".") != 0);
	}
	REQUIRE(vfs_path(again, path, strlen(path)) == ERR_NONE);
	REQUIRE(strcmp(path, again) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *line = string_of(p, n), *name;
	size_t used = strlen(line) < n ? strlen(line) + 1 : n;

	name = string_of(p + used, n - used);
	check_words(line);
	check_glob(line, name);
	check_path(p, n);
	REQUIRE(!vfs_name_valid(line) || text_is_clean(line, TEXT_LINE));
	free(name);
	free(line);
	return 0;
}
