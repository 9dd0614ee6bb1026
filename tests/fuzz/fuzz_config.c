/*
 * A portal.conf of any bytes is taken or refused with a clean sentence, and
 * what is refused changes nothing.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "base/config.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

/* What "@0" and so on would read must not keep it waiting. */
static int
conf_open(void)
{
	int fd;

	REQUIRE(freopen("/dev/null", "r", stdin) != NULL);
	REQUIRE(close_range(3, ~0U, 0) == 0);
	fd = memfd_create("conf", MFD_CLOEXEC);
	REQUIRE(fd > 0);
	return fd;
}

/* The folder of the file is that of descriptors: "@FILE" shall name none. */
static uint8_t *
tame(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n + 1);

	REQUIRE(copy != NULL);
	memcpy(copy, p, n);
	for (size_t i = 0; i + 1 < n; i++)
		if (copy[i] == '@' && copy[i + 1] < 'A')
			copy[i + 1] = 'x';
	return copy;
}

static void
check_values(const struct config *c)
{
#define TEXT(s, k, def) REQUIRE(text_is_clean(c->s##_##k, TEXT_LINE));
#define SECRET(s, k, def) TEXT(s, k, def)
#define PATH(s, k, def)                                                        \
	REQUIRE(c->s##_##k[0] == '/' ||                                        \
		(def[0] == '\0' && c->s##_##k[0] == '\0'));                    \
	TEXT(s, k, def)
#define STORE_URL(s, k, def)                                                   \
	REQUIRE(strchr(c->s##_##k, ':') != NULL);                              \
	TEXT(s, k, def)
#define INT(s, k, def) REQUIRE(c->s##_##k >= 0 && c->s##_##k <= INT32_MAX);
#define COUNT(s, k, def) REQUIRE(c->s##_##k >= 1 && c->s##_##k <= INT32_MAX);
#define X(s, k, type, def) type(s, k, def)
	CONFIG_LIST(X)
#undef X
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static int fd;
	char path[64], problem[CONFIG_PROBLEM];
	uint8_t *text = tame(p, n);
	struct config c, before;
	enum err err;

	if (fd == 0)
		fd = conf_open();
	REQUIRE(ftruncate(fd, 0) == 0);
	REQUIRE(pwrite(fd, text, n, 0) == (ssize_t)n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	memset(&c, 0x55, sizeof(c));
	before = c;
	err = config_load(&c, path, problem);
	REQUIRE(text_is_clean(problem, TEXT_LINE));
	REQUIRE((err == ERR_NONE) == (problem[0] == '\0'));
	if (err == ERR_NONE)
		check_values(&c);
	else
		REQUIRE(memcmp(&c, &before, sizeof(c)) == 0);
	config_release(&c);
	free(text);
	return 0;
}
