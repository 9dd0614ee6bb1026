/* The terminal, on a pty: what is sent, and that it is little. */
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "tests/tui/stage.h"
#include "tui/term.h"

/* ncurses forgets a few bytes when it refuses a terminal. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:new_prescr";
}

struct pty {
	int master, slave;
	char got[1 << 16];
};

static int
setup(void **state)
{
	struct pty *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(p->master >= 0);
	OK(grantpt(p->master));
	OK(unlockpt(p->master));
	p->slave = open(ptsname(p->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(p->slave >= 0);
	setlocale(LC_ALL, "C.UTF-8");
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct pty *p = *state;

	close(p->slave);
	close(p->master);
	free(p);
	return 0;
}

/* What has arrived by now: the pty holds it as soon as it was written. */
static size_t
arrived(struct pty *p)
{
	struct pollfd fd = {.fd = p->master, .events = POLLIN};
	size_t n = 0;

	while (poll(&fd, 1, 0) > 0 && n + 1 < sizeof(p->got)) {
		ssize_t got =
		    read(p->master, p->got + n, sizeof(p->got) - 1 - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	p->got[n] = '\0';
	return n;
}

static const char *const terms[] = {"vt100", "vt220", "linux", "screen",
    "tmux-256color", "xterm", "xterm-256color", "putty", "ansi"};
enum { TERMS = sizeof(terms) / sizeof(terms[0]) };

static void
every_common_terminal_opens_and_is_given_back(void **state)
{
	struct pty *p = *state;
	struct termios before, during, after;

	for (int i = 0; i < TERMS; i++) {
		struct term *t = NULL;

		OK(tcgetattr(p->slave, &before));
		OK(term_open(&t, p->slave, p->slave, terms[i]));
		OK(tcgetattr(p->slave, &during));
		assert_int_equal(during.c_lflag & (ICANON | ECHO), 0);
		/* ^S and ^Q go on working */
		assert_int_equal(during.c_iflag & IXON, before.c_iflag & IXON);
		term_close(t);
		OK(tcgetattr(p->slave, &after));
		assert_int_equal(before.c_lflag, after.c_lflag);
		assert_int_equal(before.c_iflag, after.c_iflag);
		assert_int_equal(before.c_oflag, after.c_oflag);
		arrived(p);
	}
}

static void
a_terminal_that_cannot_gets_nothing_sent(void **state)
{
	static const char *const names[] = {"dumb", "unknown",
	    "no-such-terminal", "../../etc/passwd", "", NULL};
	struct pty *p = *state;
	int null = open("/dev/null", O_RDWR);
	struct term *t = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(term_open(&t, p->slave, p->slave, names[i]),
		    ERR_UNSUPPORTED);
	assert_int_equal(arrived(p), 0);
	assert_int_equal(term_open(&t, null, null, "xterm"), ERR_UNSUPPORTED);
	close(null);
}

static void
size_zero_is_80x24(void **state)
{
	struct pty *p = *state;
	struct winsize ws = {0};
	struct term *t = NULL;
	int rows, cols;

	OK(ioctl(p->master, TIOCSWINSZ, &ws));
	OK(term_open(&t, p->slave, p->slave, "xterm"));
	term_size(t, &rows, &cols);
	assert_int_equal(rows, 24);
	assert_int_equal(cols, 80);
	ws.ws_row = 65535;
	ws.ws_col = 65535;
	OK(ioctl(p->master, TIOCSWINSZ, &ws));
	term_size(t, &rows, &cols);
	assert_int_equal(rows, CANVAS_ROWS_MAX);
	assert_int_equal(cols, CANVAS_COLS_MAX);
	term_close(t);
}

static void
moving_the_marker_is_at_most_16_bytes(void **state)
{
	struct pty *p = *state;

	for (int i = 0; i < TERMS; i++) {
		struct canvas c = {0};
		struct term *t = NULL;

		OK(canvas_resize(&c, 24, 80));
		OK(term_open(&t, p->slave, p->slave, terms[i]));
		for (int y = 7; y < 20; y++) {
			char line[64];

			snprintf(line, sizeof(line),
			    "INV-2026-0000%02d  %d May 2026  49.90", 40 - y,
			    31 - y);
			canvas_text(&c, y, 3, 70, ATTR_PLAIN, line);
		}
		canvas_text(&c, 8, 1, 1, ATTR_PLAIN, ">");
		canvas_cursor(&c, 8, 1);
		OK(term_paint(t, &c, false));
		assert_true(arrived(p) > 100);
		canvas_text(&c, 8, 1, 1, ATTR_PLAIN, " ");
		canvas_text(&c, 9, 1, 1, ATTR_PLAIN, ">");
		canvas_cursor(&c, 9, 1);
		OK(term_paint(t, &c, false));
		assert_in_range(arrived(p), 1, 16);
		OK(term_paint(t, &c, false)); /* nothing changed */
		assert_int_equal(arrived(p), 0);
		term_close(t);
		arrived(p);
		canvas_release(&c);
	}
}

static void
what_the_locale_cannot_show_is_a_question_mark(void **state)
{
	struct pty *p = *state;
	struct canvas c = {0};
	struct term *t = NULL;

	setlocale(LC_ALL, "C");
	OK(canvas_resize(&c, 24, 80));
	canvas_text(&c, 0, 0, 80, ATTR_PLAIN, "Stra\303\237e \344\270\255!");
	OK(term_open(&t, p->slave, p->slave, "vt100"));
	OK(term_paint(t, &c, false));
	arrived(p);
	assert_non_null(strstr(p->got, "Stra?e ?"
				       "?!"));
	term_close(t);
	arrived(p);
	setlocale(LC_ALL, "C.UTF-8");
	OK(term_open(&t, p->slave, p->slave, "vt100"));
	OK(term_paint(t, &c, false));
	arrived(p);
	assert_non_null(strstr(p->got, "Stra\303\237e \344\270\255!"));
	term_close(t);
	canvas_release(&c);
}

static void
locale_follows_what_was_sent_and_else_the_terminal(void **state)
{
	static const struct {
		const char *term, *lang;
		bool utf8;
	} cases[] = {
	    {"xterm", NULL, true},
	    {"vt100", NULL, false},
	    {"xterm", "C", false},
	    {"vt100", "de_XX.UTF-8", true}, /* not installed here */
	    {"xterm", "de_XX.ISO-8859-1", false},
	};
	struct pty *p = *state;

	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct term *t = NULL;

		if (cases[i].lang != NULL)
			setenv("LANG", cases[i].lang, 1);
		else
			unsetenv("LANG");
		term_locale(cases[i].term);
		OK(term_open(&t, p->slave, p->slave, cases[i].term));
		assert_int_equal(term_facts(t)->utf8, cases[i].utf8);
		term_close(t);
		arrived(p);
	}
}

static void
paste_and_copy_only_where_they_are_known(void **state)
{
	struct pty *p = *state;
	struct canvas c = {0};
	struct term *t = NULL;

	OK(canvas_resize(&c, 24, 80));
	OK(term_open(&t, p->slave, p->slave, "tmux-256color"));
	term_set_paste(t, true);
	term_copy(t, "scp a b");
	OK(term_paint(t, &c, false));
	arrived(p);
	assert_non_null(strstr(p->got, "\033[?2004h"));
	assert_non_null(strstr(p->got, "\033]52;c;c2NwIGEgYg==\033\\"));
	term_close(t);
	arrived(p);
	assert_non_null(strstr(p->got, "\033[?2004l"));
	OK(term_open(&t, p->slave, p->slave, "vt100"));
	term_set_paste(t, true);
	term_copy(t, "scp a b");
	OK(term_paint(t, &c, false));
	arrived(p);
	assert_null(strstr(p->got, "\033[?2004"));
	assert_null(strstr(p->got, "\033]52"));
	term_close(t);
	canvas_release(&c);
}

static void
first_paint_of_the_overview_is_at_most_1440_bytes(void **state)
{
	struct pty *p = *state;
	void *staged = NULL;
	struct stage *s;

	stage_setup(&staged);
	s = staged;
	for (int i = 0; i < TERMS; i++) {
		struct term *t = NULL;

		stage_open(s, 24, 80);
		OK(term_open(&t, p->slave, p->slave, terms[i]));
		OK(term_paint(t, &s->ui.canvas, false));
		assert_in_range(arrived(p), 500, 1440);
		term_close(t);
		arrived(p);
	}
	stage_teardown(&staged);
}

static void
resizing_paints_everything_anew(void **state)
{
	struct pty *p = *state;
	struct canvas c = {0};
	struct term *t = NULL;

	OK(canvas_resize(&c, 24, 80));
	OK(term_open(&t, p->slave, p->slave, "xterm"));
	canvas_text(&c, 0, 0, 80, ATTR_PLAIN, "before");
	OK(term_paint(t, &c, false));
	arrived(p);
	OK(canvas_resize(&c, 50, 200));
	OK(term_resize(t, 50, 200));
	canvas_text(&c, 49, 150, 50, ATTR_PLAIN, "after");
	OK(term_paint(t, &c, true));
	arrived(p);
	assert_non_null(strstr(p->got, "after"));
	OK(canvas_resize(&c, 5, 20));
	OK(term_resize(t, 5, 20));
	canvas_text(&c, 4, 0, 20, ATTR_PLAIN, "small");
	OK(term_paint(t, &c, true));
	arrived(p);
	assert_non_null(strstr(p->got, "small"));
	term_close(t);
	canvas_release(&c);
}

int
main(void)
{
#define WITH_PTY(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    WITH_PTY(every_common_terminal_opens_and_is_given_back),
	    WITH_PTY(a_terminal_that_cannot_gets_nothing_sent),
	    WITH_PTY(size_zero_is_80x24),
	    WITH_PTY(moving_the_marker_is_at_most_16_bytes),
	    WITH_PTY(what_the_locale_cannot_show_is_a_question_mark),
	    WITH_PTY(locale_follows_what_was_sent_and_else_the_terminal),
	    WITH_PTY(paste_and_copy_only_where_they_are_known),
	    WITH_PTY(first_paint_of_the_overview_is_at_most_1440_bytes),
	    WITH_PTY(resizing_paints_everything_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
