/*
 * ncurses works on a sink, a file in memory: it writes once per cursor move,
 * and each write would become a packet.  After each update the sink's contents
 * go to the terminal in one write, by a descriptor that does not block, so that
 * a client that stops reading stops nothing.  Keys are read by ourselves.
 * Forced colours and links are not ncurses's: see term_sgr.h.
 */
#include "tui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "base/text.h"
#include "tui/term_family.h"
#include "tui/term_sgr.h"

enum {
	TERM_OUT_MAX = 1 << 20, /* one full paint of the largest canvas */
	TERM_LEAVE_MS = 1000,
};

struct term {
	int in_fd, out_fd;
	int own_fd; /* out_fd when we opened it, else -1 */
	struct termios saved;
	bool saved_ok;
	SCREEN *screen;
	FILE *sink;
	int sink_fd;
	struct buf out;
	cchar_t *row;
	struct term_facts facts;
	bool paste_on;
	struct sgr sgr;
	bool blocked; /* the terminal did not take all of out */
};

/* cbreak by hand: a byte at a time, no echo; flow control stays as it is. */
static enum err
tty_enter(struct term *t)
{
	struct termios tio;

	if (tcgetattr(t->in_fd, &t->saved) != 0)
		return ERR_UNSUPPORTED;
	t->saved_ok = true;
	tio = t->saved;
	tio.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	tio.c_oflag &= ~(tcflag_t)OPOST;
	tio.c_iflag &= ~(tcflag_t)(ISTRIP | INLCR | IGNCR);
	tio.c_cc[VMIN] = 1;
	tio.c_cc[VTIME] = 0;
	return tcsetattr(t->in_fd, TCSANOW, &tio) == 0 ? ERR_NONE : ERR_IO;
}

static enum err
sink_open(struct term *t)
{
	t->sink_fd = memfd_create("screen", MFD_CLOEXEC);
	if (t->sink_fd < 0)
		return ERR_IO;
	t->sink = fdopen(t->sink_fd, "w");
	if (t->sink == NULL) {
		close(t->sink_fd);
		return ERR_NOMEM;
	}
	return ERR_NONE;
}

/* What ncurses wrote since the last time goes to the end of out. */
static enum err
sink_take(struct term *t)
{
	off_t n;
	unsigned char *room;
	ssize_t got = -1;
	struct buf raw;
	enum err err = ERR_IO;

	fflush(t->sink);
	n = lseek(t->sink_fd, 0, SEEK_CUR);
	if (n <= 0)
		return ERR_NONE;
	buf_init(&raw, (size_t)n);
	room = buf_reserve(&raw, (size_t)n);
	if (room == NULL)
		return ERR_NOMEM;
	if (lseek(t->sink_fd, 0, SEEK_SET) == 0)
		got = read(t->sink_fd, room, (size_t)n);
	if (got == n && lseek(t->sink_fd, 0, SEEK_SET) == 0) {
		sgr_translate(&t->sgr, &t->out, room, (size_t)n);
		err = t->out.err;
	}
	buf_release(&raw);
	return err;
}

static bool
has_string(const char *capability)
{
	const char *s = tigetstr(capability);

	return s != NULL && s != (const char *)-1 && s[0] != '\0';
}

/* ncurses asks the environment for a size when its output is no terminal. */
static enum err
screen_open(struct term *t, const char *name)
{
	char rows_text[16], cols_text[16];
	int rows, cols;

	term_size(t, &rows, &cols);
	snprintf(rows_text, sizeof(rows_text), "%d", rows);
	snprintf(cols_text, sizeof(cols_text), "%d", cols);
	setenv("LINES", rows_text, 1);
	setenv("COLUMNS", cols_text, 1);
	setenv("NCURSES_NO_PADDING", "1", 1);
	t->screen = newterm(name, t->sink, stdin);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	if (t->screen == NULL)
		return ERR_UNSUPPORTED;
	if (!has_string("cup") || !has_string("clear"))
		return ERR_UNSUPPORTED;
	nonl();
	noecho();
	typeahead(-1);
	idlok(newscr, TRUE);
	/* Rows go straight to what is to be shown: one window less to hold. */
	wresize(stdscr, 1, 1);
	t->row = calloc((size_t)cols, sizeof(*t->row));
	return t->row == NULL ? ERR_NOMEM : ERR_NONE;
}

static void
term_free(struct term *t)
{
	if (t->screen != NULL)
		delscreen(t->screen);
	if (t->sink != NULL)
		fclose(t->sink);
	if (t->own_fd >= 0)
		close(t->own_fd);
	buf_release(&t->out);
	free(t->row);
	free(t);
}

/*
 * Our own description of the terminal may be non-blocking without harm to who
 * shares the other one.  -1: it is not our controlling terminal.
 */
static int
own_tty(int fd)
{
	int own = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	unsigned int ours = 0, theirs = 1;

	if (own < 0)
		return -1;
	if (ioctl(own, TIOCGDEV, &ours) == 0 &&
	    ioctl(fd, TIOCGDEV, &theirs) == 0 && ours == theirs)
		return own;
	close(own);
	return -1;
}

enum err
term_open(struct term **out, int in_fd, int out_fd, const char *name)
{
	struct term *t;
	enum err err;

	if (name == NULL || !text_is_term(name) || !isatty(in_fd) ||
	    !isatty(out_fd))
		return ERR_UNSUPPORTED;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return ERR_NOMEM;
	t->in_fd = in_fd;
	t->own_fd = own_tty(out_fd);
	t->out_fd = t->own_fd >= 0 ? t->own_fd : out_fd;
	buf_init(&t->out, TERM_OUT_MAX);
	t->facts = (struct term_facts) {
	    .utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	    .paste = term_family(name)->paste,
	    .copy = term_family(name)->copy,
	    .link = term_family(name)->link,
	};
	err = sink_open(t);
	if (err == ERR_NONE)
		err = screen_open(t, name);
	if (err == ERR_NONE)
		err = tty_enter(t);
	if (err != ERR_NONE) {
		term_free(t);
		return err;
	}
	*out = t;
	return ERR_NONE;
}

void
term_close(struct term *t)
{
	if (t == NULL)
		return;
	term_set_paste(t, false);
	endwin();
	if (sink_take(t) == ERR_NONE) {
		struct pollfd p = {.fd = t->out_fd, .events = POLLOUT};

		while (term_send(t) == ERR_NONE && t->out.len > 0 &&
		       poll(&p, 1, TERM_LEAVE_MS) > 0)
			continue;
	}
	if (t->saved_ok)
		tcsetattr(t->in_fd, TCSANOW, &t->saved);
	term_free(t);
}

const struct term_facts *
term_facts(const struct term *t)
{
	return &t->facts;
}

void
term_size(const struct term *t, int *rows, int *cols)
{
	struct winsize ws = {0};

	*rows = TERM_ROWS_DEFAULT;
	*cols = TERM_COLS_DEFAULT;
	if (ioctl(t->in_fd, TIOCGWINSZ, &ws) != 0)
		return;
	if (ws.ws_row > 0)
		*rows =
		    ws.ws_row < CANVAS_ROWS_MAX ? ws.ws_row : CANVAS_ROWS_MAX;
	if (ws.ws_col > 0)
		*cols =
		    ws.ws_col < CANVAS_COLS_MAX ? ws.ws_col : CANVAS_COLS_MAX;
}

enum err
term_resize(struct term *t, int rows, int cols)
{
	cchar_t *row = calloc((size_t)cols, sizeof(*row));

	if (row == NULL)
		return ERR_NOMEM;
	free(t->row);
	t->row = row;
	return resizeterm(rows, cols) == OK ? ERR_NONE : ERR_NOMEM;
}

/*
 * A cell as ncurses wants it.  What the locale cannot show, or measures
 * otherwise than we did, becomes '?' (false), so that columns never shift.
 */
static bool
cell_set(const struct term *t, cchar_t *dst, const struct glyph *g)
{
	wchar_t text[CANVAS_MARKS + 2] = {(wchar_t)g->ch};
	attr_t attr = A_NORMAL;
	bool plain = g->ch >= 0x20 && g->ch < 0x7f;
	bool shown = plain || (t->facts.utf8 && wcwidth(text[0]) == g->width);

	if (g->attr & ATTR_BOLD)
		attr |= A_BOLD;
	if (g->attr & ATTR_REVERSE)
		attr |= A_REVERSE;
	if (g->attr & ATTR_FORCED)
		attr |= SGR_FORCED;
	if ((g->attr & ATTR_LINK) && t->facts.link)
		attr |= SGR_LINK;
	if (!shown)
		text[0] = L'?';
	for (int m = 0; shown && m < CANVAS_MARKS && g->marks[m] != 0; m++)
		if (t->facts.utf8 && wcwidth((wchar_t)g->marks[m]) == 0)
			text[1 + m] = (wchar_t)g->marks[m];
	setcchar(dst, text, attr, 0, NULL);
	return shown;
}

static void
paint_row(struct term *t, const struct canvas *c, int y)
{
	int n = 0, x = 0;

	while (x < c->cols) {
		const struct glyph *g = canvas_at(c, y, x);
		bool shown = cell_set(t, &t->row[n++], g);

		x += g->width == 2 ? 2 : 1;
		if (!shown && g->width == 2) { /* keeps its two columns */
			t->row[n] = t->row[n - 1];
			n++;
		}
	}
	mvwadd_wchnstr(newscr, y, 0, t->row, n);
}

enum err
term_paint(struct term *t, const struct canvas *c, bool all)
{
	enum err err;
	int rows, cols;

	if (all)
		clearok(curscr, TRUE);
	if (term_pending(t))
		return ERR_NONE;
	getmaxyx(newscr, rows, cols);
	if (cols != c->cols || rows != c->rows)
		return ERR_INTERNAL;
	for (int y = 0; y < rows; y++)
		paint_row(t, c, y);
	t->sgr.url = c->link;
	wmove(newscr, c->cursor_y, c->cursor_x);
	doupdate();
	err = sink_take(t);
	t->sgr.url = NULL;
	return err == ERR_NONE ? term_send(t) : err;
}

bool
term_pending(const struct term *t)
{
	return t->blocked;
}

int
term_in_fd(const struct term *t)
{
	return t->in_fd;
}

int
term_out_fd(const struct term *t)
{
	return t->out_fd;
}

enum err
term_send(struct term *t)
{
	ssize_t n;

	if (t->out.len == 0)
		return ERR_NONE;
	do
		n = write(t->out_fd, t->out.data, t->out.len);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN) {
		t->blocked = true;
		return ERR_NONE;
	}
	if (n < 0)
		return ERR_CLOSED;
	buf_consume(&t->out, (size_t)n);
	t->blocked = t->out.len > 0;
	return ERR_NONE;
}

void
term_set_paste(struct term *t, bool on)
{
	if (!t->facts.paste || t->paste_on == on)
		return;
	t->paste_on = on;
	buf_adds(&t->out, on ? "\033[?2004h" : "\033[?2004l");
}

void
term_copy(struct term *t, const char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = strlen(text);

	if (!t->facts.copy)
		return;
	buf_adds(&t->out, "\033]52;c;");
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)(unsigned char)text[i] << 16;

		if (i + 1 < n)
			v |= (unsigned)(unsigned char)text[i + 1] << 8;
		if (i + 2 < n)
			v |= (unsigned char)text[i + 2];
		buf_addc(&t->out, digits[v >> 18]);
		buf_addc(&t->out, digits[v >> 12 & 63]);
		buf_addc(&t->out, i + 1 < n ? digits[v >> 6 & 63] : '=');
		buf_addc(&t->out, i + 2 < n ? digits[v & 63] : '=');
	}
	buf_adds(&t->out, "\033\\");
}

enum err
term_read(struct term *t, void *bytes, size_t size, size_t *n)
{
	ssize_t got;

	do
		got = read(t->in_fd, bytes, size);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		got = 0;
	else if (got <= 0)
		return ERR_CLOSED;
	*n = (size_t)got;
	return ERR_NONE;
}
