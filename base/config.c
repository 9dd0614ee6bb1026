/*
 * portal.conf.  libinih splits the lines; it is fed from memory through our
 * own reader, which counts the lines and refuses the long ones that libinih
 * would cut in two.
 */
#include "base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"

enum { CONFIG_FILE_MAX = 64 * 1024, CONFIG_LINE = 1024, CONFIG_DIR = 4096 };

enum config_type {
	TYPE_TEXT,
	TYPE_PATH,
	TYPE_SECRET,
	TYPE_STORE_URL,
	TYPE_INT,
	TYPE_COUNT
};

struct config_key {
	const char *section;
	const char *key;
	const char *def;
	enum config_type type;
	size_t offset;
};

/* clang-format off */
static const struct config_key keys[] = {
#define X(s, k, t, d) \
	{ .section = #s, .key = #k, .def = d, .type = TYPE_##t, \
	    .offset = offsetof(struct config, s##_##k) },
	CONFIG_LIST(X)
#undef X
};
/* clang-format on */

enum { CONFIG_KEYS = sizeof(keys) / sizeof(keys[0]) };

/* One reading of one file. */
struct config_read {
	struct config *c;
	char dir[CONFIG_DIR]; /* what relative paths are relative to; or "" */
	const char *next;     /* the file's text that is left */
	int line;
	int set_at[CONFIG_KEYS]; /* the line that set a key, or 0 */
	enum err err;
	char *problem;
};

/* The first problem counts. */
__attribute__((format(printf, 3, 4))) static void
config_fail(struct config_read *r, enum err err, const char *fmt, ...)
{
	va_list ap;
	int n = 0;

	if (r->err != ERR_NONE)
		return;
	r->err = err;
	if (r->line > 0)
		n = snprintf(
		    r->problem, CONFIG_PROBLEM, "%s:%d: ", r->c->path, r->line);
	else
		n = snprintf(r->problem, CONFIG_PROBLEM, "%s: ", r->c->path);
	va_start(ap, fmt);
	if (n > 0 && n < CONFIG_PROBLEM)
		vsnprintf(
		    r->problem + n, (size_t)(CONFIG_PROBLEM - n), fmt, ap);
	va_end(ap);
	/* It quotes the file and may be shown on a terminal. */
	text_clean_self(r->problem, TEXT_LINE);
}

/* path, or path below the configuration's directory. */
static bool
config_path(const struct config_read *r, char *dst, size_t size,
    const char *prefix, const char *path)
{
	int n = snprintf(dst, size, "%s%s%s%s", prefix,
	    path[0] == '/' ? "" : r->dir, path[0] == '/' ? "" : "/", path);

	return n >= 0 && (size_t)n < size;
}

/* The whole file, at most out->max bytes of text.  errno says why not. */
static enum err
file_read(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum err err = ERR_NONE;
	unsigned char chunk[512];
	ssize_t n;
	int saved;

	if (fd == -1)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			err = ERR_IO;
			break;
		}
		buf_add(out, chunk, (size_t)n);
		if ((err = out->err) != ERR_NONE)
			break;
	}
	saved = errno;
	explicit_bzero(chunk, sizeof(chunk));
	close(fd);
	errno = saved;
	return err;
}

/* "@FILE": replaces value by the file's text. */
static void
config_value_file(struct config_read *r, char value[CONFIG_VALUE])
{
	char path[CONFIG_DIR + CONFIG_VALUE];
	struct buf text;
	enum err err;

	/* Room for the newline that is dropped. */
	buf_init(&text, CONFIG_VALUE);
	if (!config_path(r, path, sizeof(path), "", value + 1) ||
	    value[1] == '\0') {
		config_fail(r, ERR_CONFIG,
		    _("\"@\" needs the name of a file behind it"));
		goto out;
	}
	err = file_read(path, &text);
	if (err == ERR_NONE && text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (err == ERR_TOO_BIG || text.len >= CONFIG_VALUE)
		config_fail(r, ERR_CONFIG,
		    _("%s: more than %d bytes; give a file with one value"),
		    path, CONFIG_VALUE - 1);
	else if (err == ERR_NOMEM)
		config_fail(r, err, "%s", err_text(err));
	else if (err != ERR_NONE)
		config_fail(r, ERR_CONFIG, _("%s: cannot be read: %s"), path,
		    strerror(errno));
	else if (strlen(buf_str(&text)) != text.len)
		config_fail(r, ERR_CONFIG,
		    _("%s: has a NUL byte; give a file of text"), path);
	else
		memcpy(value, buf_str(&text), text.len + 1);
out:
	buf_wipe(&text);
}

static bool
config_int(const char *value, int64_t min, int64_t *out)
{
	int64_t v = 0;

	if (value[0] == '\0')
		return false;
	for (; *value != '\0'; value++) {
		if (*value < '0' || *value > '9')
			return false;
		v = v * 10 + (*value - '0');
		if (v > INT32_MAX)
			return false;
	}
	if (v < min)
		return false;
	*out = v;
	return true;
}

static void
config_store_url(struct config_read *r, char *field, const char *value)
{
	static const char sqlite[] = "sqlite:", server[] = "postgresql://",
			  other[] = "postgres://"; /* libpq takes both */
	size_t n = sizeof(sqlite) - 1;

	if (strncmp(value, server, strlen(server)) == 0)
		strcpy(field, value);
	else if (strncmp(value, other, strlen(other)) == 0 &&
		 strlen(value) + strlen(server) - strlen(other) < CONFIG_VALUE)
		snprintf(
		    field, CONFIG_VALUE, "%s%s", server, value + strlen(other));
	else if (strncmp(value, sqlite, n) != 0 || value[n] == '\0')
		config_fail(r, ERR_CONFIG,
		    _("not a store; use sqlite:FILE or postgresql://..."));
	else if (!config_path(r, field, CONFIG_VALUE, sqlite, value + n))
		config_fail(r, ERR_CONFIG, _("the path is too long"));
}

/* Puts a value, shorter than CONFIG_VALUE, where its key belongs. */
static void
config_put(
    struct config_read *r, const struct config_key *key, const char *value)
{
	char *field = (char *)r->c + key->offset;
	int min;

	switch (key->type) {
	case TYPE_TEXT:
	case TYPE_SECRET:
		strcpy(field, value);
		break;
	case TYPE_PATH:
		if (value[0] == '\0' && key->def[0] != '\0')
			config_fail(r, ERR_CONFIG, _("needs a path"));
		else if (value[0] == '\0')
			field[0] = '\0';
		else if (!config_path(r, field, CONFIG_VALUE, "", value))
			config_fail(r, ERR_CONFIG, _("the path is too long"));
		break;
	case TYPE_STORE_URL:
		config_store_url(r, field, value);
		break;
	case TYPE_INT:
	case TYPE_COUNT:
		min = key->type == TYPE_COUNT;
		if (!config_int(value, min, (int64_t *)(void *)field))
			config_fail(r, ERR_CONFIG,
			    _("\"%s\" must be a whole number from %d to %d"),
			    key->key, min, INT32_MAX);
		break;
	}
}

/* "listen, public_name, ...": a section's keys, or all sections for NULL. */
static void
config_names(struct buf *out, const char *section)
{
	const char *last = "";
	size_t i;

	for (i = 0; i < CONFIG_KEYS; i++) {
		if (section != NULL && strcmp(keys[i].section, section) != 0)
			continue;
		if (section == NULL && strcmp(keys[i].section, last) == 0)
			continue;
		last = keys[i].section;
		buf_addf(out, section != NULL ? "%s%s" : "%s[%s]",
		    out->len > 0 ? ", " : "",
		    section != NULL ? keys[i].key : last);
	}
}

static void
config_unknown(struct config_read *r, const char *section, const char *name)
{
	struct buf names;

	buf_init(&names, CONFIG_PROBLEM);
	config_names(&names, section);
	if (names.len > 0) {
		config_fail(r, ERR_CONFIG,
		    _("unknown key \"%s\" in [%s]; known keys: %s"), name,
		    section, buf_str(&names));
		goto out;
	}
	config_names(&names, NULL);
	if (section[0] == '\0')
		config_fail(r, ERR_CONFIG,
		    _("key \"%s\" stands before any section; put it under %s"),
		    name, buf_str(&names));
	else
		config_fail(r, ERR_CONFIG,
		    _("unknown section [%s]; known sections: %s"), section,
		    buf_str(&names));
out:
	buf_release(&names);
}

/* What is meant by a value as it was given. */
static void
config_value(struct config_read *r, const char *name, const char *given,
    char value[CONFIG_VALUE])
{
	if (strlen(given) >= CONFIG_VALUE) {
		config_fail(r, ERR_CONFIG,
		    _("the value is longer than %d bytes"), CONFIG_VALUE - 1);
		return;
	}
	strcpy(value, given);
	if (value[0] == '@')
		config_value_file(r, value);
	if (r->err == ERR_NONE && !text_is_clean(value, TEXT_LINE))
		config_fail(r, ERR_CONFIG,
		    _("the value of \"%s\" has control or invisible "
		      "characters, or is not UTF-8"),
		    name);
}

static void
config_line(struct config_read *r, const char *section, const char *name,
    const char *given)
{
	char value[CONFIG_VALUE];
	size_t i;

	for (i = 0; i < CONFIG_KEYS; i++)
		if (strcmp(keys[i].section, section) == 0 &&
		    strcmp(keys[i].key, name) == 0)
			break;
	if (i == CONFIG_KEYS) {
		config_unknown(r, section, name);
		return;
	}
	if (r->set_at[i] != 0) {
		config_fail(r, ERR_CONFIG,
		    _("\"%s\" was set in line %d already; keep one of them"),
		    name, r->set_at[i]);
		return;
	}
	r->set_at[i] = r->line;
	config_value(r, name, given, value);
	if (r->err == ERR_NONE)
		config_put(r, &keys[i], value);
	explicit_bzero(value, sizeof(value));
}

static int
on_ini_key(void *user, const char *section, const char *name, const char *value)
{
	struct config_read *r = user;

	config_line(r, section, name, value);
	return r->err == ERR_NONE;
}

/* fgets() for libinih. */
static char *
on_ini_line(char *dst, int size, void *user)
{
	struct config_read *r = user;
	size_t n = strcspn(r->next, "\n");

	/* The last line may have held a secret. */
	explicit_bzero(dst, (size_t)size);
	if (*r->next == '\0' || r->err != ERR_NONE)
		return NULL;
	r->line++;
	if (n > (size_t)size - 2) {
		config_fail(r, ERR_CONFIG,
		    _("the line is longer than %d bytes"), size - 2);
		return NULL;
	}
	if (r->next[n] == '\n')
		n++;
	memcpy(dst, r->next, n);
	dst[n] = '\0';
	r->next += n;
	return dst;
}

static void
config_parse(struct config_read *r, const char *text)
{
	int rc;

	r->next = text;
	ini_allow_multiline = false;
	ini_allow_inline_comments = false;
	ini_allow_no_value = false;
	ini_stop_on_first_error = true;
	ini_use_stack = false;
	ini_max_line = CONFIG_LINE;
	ini_initial_alloc = CONFIG_LINE;
	rc = ini_parse_stream(on_ini_line, r, on_ini_key, r);
	if (rc == -2)
		config_fail(r, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	else if (rc != 0)
		config_fail(r, ERR_CONFIG,
		    _("not a line \"KEY = VALUE\" or \"[SECTION]\""));
}

/* The file's absolute path and its directory. */
static void
config_locate(struct config_read *r, const char *path)
{
	char cwd[CONFIG_DIR] = "";
	char *slash;
	int n;

	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL)
		cwd[0] = '\0';
	n = snprintf(r->c->path, CONFIG_VALUE, "%s%s%s", cwd,
	    path[0] == '/' ? "" : "/", path);
	if (n < 0 || n >= CONFIG_VALUE || (path[0] != '/' && cwd[0] == '\0')) {
		config_fail(r, ERR_CONFIG, _("the path is too long"));
		return;
	}
	strcpy(r->dir, r->c->path);
	if ((slash = strrchr(r->dir, '/')) != NULL)
		*slash = '\0';
}

static void
config_file(struct config_read *r)
{
	struct buf text;
	enum err err;

	buf_init(&text, CONFIG_FILE_MAX);
	err = file_read(r->c->path, &text);
	if (err == ERR_TOO_BIG)
		config_fail(
		    r, ERR_CONFIG, _("more than %d bytes"), CONFIG_FILE_MAX);
	else if (err == ERR_IO)
		config_fail(
		    r, ERR_CONFIG, _("cannot be read: %s"), strerror(errno));
	else if (err == ERR_NOT_FOUND)
		config_fail(r, err, _("there is no such file"));
	else if (err != ERR_NONE)
		config_fail(r, err, "%s", err_text(err));
	else if (strlen(buf_str(&text)) != text.len)
		config_fail(r, ERR_CONFIG, _("not a file of text"));
	else
		config_parse(r, buf_str(&text));
	buf_wipe(&text);
}

enum err
config_load(struct config *out, const char *path, char problem[CONFIG_PROBLEM])
{
	struct config c = {0};
	struct config_read r = {.c = &c, .problem = problem};
	size_t i;

	problem[0] = '\0';
	config_locate(&r, path);
	for (i = 0; i < CONFIG_KEYS && r.err == ERR_NONE; i++)
		config_put(&r, &keys[i], keys[i].def);
	if (r.err == ERR_NONE)
		config_file(&r);
	if (r.err == ERR_NONE)
		*out = c;
	config_release(&c);
	return r.err;
}

enum err
config_store(char dst[CONFIG_VALUE], const char *name, const char *given,
    char problem[CONFIG_PROBLEM])
{
	struct config c = {0};
	struct config_read r = {.c = &c, .problem = problem};
	char value[CONFIG_VALUE], url[CONFIG_VALUE] = "";

	problem[0] = '\0';
	config_locate(&r, "."); /* the working directory */
	snprintf(c.path, sizeof(c.path), "%s", name);
	if (r.err == ERR_NONE)
		config_value(&r, name, given, value);
	if (r.err == ERR_NONE)
		config_store_url(&r, url, value);
	if (r.err == ERR_NONE)
		memcpy(dst, url, sizeof(url));
	explicit_bzero(value, sizeof(value));
	explicit_bzero(url, sizeof(url));
	return r.err;
}

void
config_release(struct config *c)
{
	size_t i;

	for (i = 0; i < CONFIG_KEYS; i++)
		if (keys[i].type == TYPE_SECRET ||
		    keys[i].type == TYPE_STORE_URL)
			explicit_bzero(
			    (char *)c + keys[i].offset, CONFIG_VALUE);
}
