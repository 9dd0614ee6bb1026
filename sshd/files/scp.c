/*
 * The command line of "scp -f": options, paths, wildcards.
 */
#include "sshd/files/scp.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "data/session.h"
#include "sshd/files/glob.h"
#include "sshd/files/scp_send.h"

struct options {
	bool from, to, recursive, times, ignored;
	size_t paths; /* the first word that is one */
};

/* clang-format off */
static const struct {
	char letter;
	size_t member;
} letters[] = {
	{ 'f', offsetof(struct options, from) },
	{ 't', offsetof(struct options, to) },
	{ 'r', offsetof(struct options, recursive) },
	{ 'p', offsetof(struct options, times) },
	{ 'd', offsetof(struct options, ignored) },
	{ 'v', offsetof(struct options, ignored) },
	{ 'q', offsetof(struct options, ignored) },
};
/* clang-format on */

static bool
option_set(struct options *o, char letter)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == letter) {
			*(bool *)((char *)o + letters[i].member) = true;
			return true;
		}
	return false;
}

static bool
options_parse(struct options *o, const struct glob_words *w)
{
	size_t i = 1;

	*o = (struct options) {.from = false};
	if (w->n == 0 || strcmp(w->word[0], "scp") != 0)
		return false;
	for (; i < w->n; i++) {
		const char *p = w->word[i];

		if (p[0] != '-' || p[1] == '\0')
			break;
		if (strcmp(p, "--") == 0) {
			i++;
			break;
		}
		while (*++p != '\0')
			if (!option_set(o, *p))
				return false;
	}
	o->paths = i;
	return o->from != o->to && i < w->n;
}

/* What following a pattern came to. */
struct walk {
	struct scp *scp;
	size_t found;
	enum err why; /* a directory could not be read */
};

static enum err
walk_pattern(struct walk *w, const char *dir, const char *rest)
{
	char part[VFS_NAME], child[VFS_PATH];
	const char *next = strchrnul(rest, '/');
	const struct vfs *vfs = w->scp->vfs;
	struct vfs_node *entries;
	enum err err;
	size_t n;

	if ((size_t)(next - rest) >= sizeof(part))
		return ERR_NONE;
	memcpy(part, rest, (size_t)(next - rest));
	part[next - rest] = '\0';
	if ((err = vfs->ops->list(vfs->arg, dir, &entries, &n))) {
		w->why = err;
		return err == ERR_CLOSED ? err : ERR_NONE;
	}
	for (size_t i = 0; err == ERR_NONE && i < n; i++) {
		if (!glob_match(part, entries[i].name) ||
		    vfs_join(child, dir, entries[i].name) != ERR_NONE)
			continue;
		if (*next != '\0') {
			if (entries[i].dir)
				err = walk_pattern(w, child, next + 1);
			continue;
		}
		w->found++;
		err = scp_send(w->scp, child, &entries[i]);
	}
	free(entries);
	return err;
}

static enum err
send_pattern(struct scp *s, const char *word)
{
	struct walk walk = {.scp = s, .why = ERR_NONE};
	char path[VFS_PATH];
	enum err err = vfs_path(path, word, strlen(word));

	/* Without its "..": a pattern only ever leads downwards. */
	if (err == ERR_NONE && (err = walk_pattern(&walk, "/", path + 1)))
		return err;
	if (walk.why != ERR_NONE)
		return scp_complain(s, word, walk.why);
	return walk.found > 0 ? ERR_NONE : scp_complain(s, word, ERR_NOT_FOUND);
}

static enum err
send_word(struct scp *s, const char *word)
{
	char literal[GLOB_TEXT + 1], path[VFS_PATH];
	struct vfs_node node;
	enum err err;

	if (glob_is_pattern(word))
		return send_pattern(s, word);
	glob_literal(literal, word);
	if ((err = vfs_path(path, literal, strlen(literal))) == ERR_NONE)
		err = s->vfs->ops->stat(s->vfs->arg, path, &node);
	if (err == ERR_NONE)
		return scp_send(s, path, &node);
	return err == ERR_CLOSED ? err : scp_complain(s, literal, err);
}

static enum err
send_words(struct scp *s, const struct glob_words *w, size_t from)
{
	enum err err;
	bool ok;

	if ((err = scp_ack(s, &ok)))
		return err;
	for (size_t i = from; err == ERR_NONE && i < w->n; i++)
		err = send_word(s, w->word[i]);
	return err;
}

int
scp_run(struct stream *stream, const char *command, enum err *err)
{
	struct glob_words words;
	struct options options;
	struct scp scp;
	int status = SESSION_EXIT_USAGE;

	*err = ERR_NONE;
	if (glob_split(&words, command) != ERR_NONE)
		return status;
	scp_init(&scp, stream);
	if (!options_parse(&options, &words))
		goto out;
	stream->busy = true;
	scp.recursive = options.recursive;
	scp.times = options.times;
	if (options.to)
		*err = scp_say(&scp, 2,
		    _("nothing can be uploaded here yet; invoices/ and "
		      "receipts/ are for fetching only"));
	else
		*err = send_words(&scp, &words, options.paths);
	status = *err != ERR_NONE || scp.failed ? SESSION_EXIT_REFUSED
						: SESSION_EXIT_OK;
out:
	scp_release(&scp);
	glob_words_release(&words);
	return status;
}
