/*
 * poll() on the terminal, the store and signals.  Must not know any screen.
 */
#include "tui/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "tui/ui.h"

enum { FD_TTY, FD_SIGNAL, FD_STORE, FD_OUT, FD_COUNT };
enum {
	MINUTE_MS = 60000,
	SHRINK_MS = 250,
	TURN_MAX = 64 * 1024, /* bytes of input before anything else's turn */
};

struct loop {
	struct session *session;
	struct term *term;
	struct ui ui;
	struct input input;
	int signal_fd;
	int64_t last_key; /* monotonic ms */
	bool small;       /* too small for screens: only the offer is drawn */
	bool ended;
	bool shrunk; /* gave its memory back after the start */
	const char *parting;
};

enum err
loop_signals(int *fd)
{
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return ERR_IO;
	signal(SIGPIPE, SIG_IGN);
	got = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (got < 0)
		return ERR_IO;
	*fd = got;
	return ERR_NONE;
}

static void
end(struct loop *l, const char *parting)
{
	l->ended = true;
	if (l->parting == NULL)
		l->parting = parting;
}

/* What the frame decided becomes an end with a sentence. */
static void
check_state(struct loop *l)
{
	switch (l->ui.state) {
	case UI_RUNNING:
		break;
	case UI_LEAVE:
	case UI_LINE_MODE:
		end(l, NULL);
		break;
	case UI_LOST:
		end(l, _("The connection to the portal was lost. Please log "
			 "in again."));
		break;
	case UI_SHUTDOWN:
		end(l, _("The portal is being restarted. Please log in again "
			 "in a minute."));
		break;
	case UI_DISABLED:
		end(l,
		    _("You were logged out from elsewhere: by a new password, "
		      "or by your provider."));
		break;
	}
}

static enum err
draw_small(struct loop *l, bool all)
{
	struct canvas *c = &l->ui.canvas;

	canvas_clear(c);
	canvas_text(c, 0, 0, c->cols, ATTR_PLAIN, _("Window too small."));
	canvas_text(c, 1, 0, c->cols, ATTR_PLAIN, _("Enter: plain text"));
	canvas_text(c, 2, 0, c->cols, ATTR_PLAIN, _("q: log out"));
	return term_paint(l->term, c, all);
}

static enum err
paint(struct loop *l, bool all)
{
	enum err err;

	if (l->small)
		return draw_small(l, all);
	ui_draw(&l->ui);
	term_set_paste(l->term, ui_in_form(&l->ui));
	if (l->ui.copy[0] != '\0') {
		term_copy(l->term, l->ui.copy);
		l->ui.copy[0] = '\0';
	}
	err = term_paint(l->term, &l->ui.canvas, all || l->ui.repaint);
	l->ui.repaint = false;
	return err;
}

static bool
is_small(int rows, int cols)
{
	return rows < TERM_ROWS_MIN || cols < TERM_COLS_MIN;
}

static enum err
resize(struct loop *l)
{
	int rows, cols;
	enum err err;

	term_size(l->term, &rows, &cols);
	l->small = is_small(rows, cols);
	if (rows == l->ui.canvas.rows && cols == l->ui.canvas.cols)
		return ERR_NONE;
	err = ui_resize(&l->ui, rows, cols);
	if (err == ERR_NONE)
		err = term_resize(l->term, rows, cols);
	return err == ERR_NONE ? paint(l, true) : err;
}

static void
small_key(struct loop *l, const struct key *key)
{
	if (key->code == K_ENTER)
		l->ui.state = UI_LINE_MODE;
	else if (key->code == 'q' || key->code == K_CTRL_D)
		l->ui.state = UI_LEAVE;
}

static void
eat_keys(struct loop *l, bool timeout)
{
	struct key key;

	while (
	    l->ui.state == UI_RUNNING && input_next(&l->input, timeout, &key)) {
		if (l->small)
			small_key(l, &key);
		else
			ui_key(&l->ui, &key);
	}
}

static bool
readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

/* Everything that is there, as far as it is not endless: one paint shows what
 * came of it. */
static enum err
on_tty(struct loop *l)
{
	unsigned char bytes[INPUT_SIZE];
	size_t n, total = 0;

	do {
		if (term_read(l->term, bytes, sizeof(bytes) - l->input.n, &n) !=
		    ERR_NONE) {
			end(l, NULL);
			return ERR_NONE;
		}
		input_feed(&l->input, bytes, n);
		eat_keys(l, false);
		total += n;
	} while (total < TURN_MAX && l->ui.state == UI_RUNNING &&
		 readable(term_in_fd(l->term)));
	l->last_key = clock_mono_ms();
	return paint(l, false);
}

static enum err
on_signal(struct loop *l)
{
	struct signalfd_siginfo info;
	bool resized = false;

	while (
	    read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGWINCH)
			resized = true;
		else
			end(l, NULL);
	}
	return resized && !l->ended ? resize(l) : ERR_NONE;
}

/* Notes may have arrived inside the answer to a query: taken before sleeping.
 */
static enum err
take_notes(struct loop *l)
{
	bool got = true, any = false;

	/* What was waited for is there: it shall be seen, too. */
	if (ui_waits_until(&l->ui) != 0)
		l->last_key = clock_mono_ms();
	while (got && l->ui.state == UI_RUNNING) {
		struct note note;
		enum err err = store_note(l->session->store, &note, &got);

		if (err != ERR_NONE) {
			l->ui.state = UI_LOST;
			break;
		}
		if (got)
			ui_note(&l->ui, &note);
		any = any || got;
	}
	return any && l->ui.state == UI_RUNNING ? paint(l, false) : ERR_NONE;
}

/* Milliseconds until something is to be done unasked; -1: never. */
static int
sleep_ms(const struct loop *l)
{
	int64_t left, waits;

	if (input_waiting(&l->input))
		return INPUT_ESC_MS;
	if (l->session->env.idle_minutes <= 0)
		return -1;
	left = l->last_key + (int64_t)l->session->env.idle_minutes * MINUTE_MS -
	       clock_mono_ms();
	waits = ui_waits_until(&l->ui);
	if (waits != 0) {
		waits -= clock_now(store_clock(l->session->store));
		if (left < waits * 1000)
			left = waits * 1000;
	}
	if (left < 0)
		return 0;
	return left < INT32_MAX ? (int)left : INT32_MAX;
}

static enum err
on_timeout(struct loop *l)
{
	if (input_waiting(&l->input)) {
		eat_keys(l, true);
		return paint(l, false);
	}
	if (sleep_ms(l) == 0)
		end(l, _("You were logged out because no key was pressed for "
			 "a long time."));
	return ERR_NONE;
}

static enum err
turn(struct loop *l)
{
	struct pollfd fds[FD_COUNT] = {
	    [FD_TTY] = {.fd = term_in_fd(l->term), .events = POLLIN},
	    [FD_SIGNAL] = {.fd = l->signal_fd, .events = POLLIN},
	    [FD_STORE] = {.fd = store_fd(l->session->store), .events = POLLIN},
	    [FD_OUT] = {.fd = -1, .events = POLLOUT},
	};
	enum err err = take_notes(l);
	int n, timeout;
	bool shrink;

	check_state(l);
	if (err != ERR_NONE || l->ended)
		return err;
	if (term_pending(l->term))
		fds[FD_OUT].fd = term_out_fd(l->term);
	timeout = sleep_ms(l);
	shrink = !l->shrunk && (timeout < 0 || timeout > SHRINK_MS);
	if (shrink)
		timeout = SHRINK_MS;
	n = poll(fds, FD_COUNT, timeout);
	if (n < 0)
		return errno == EINTR ? ERR_NONE : ERR_IO;
	if (n == 0 && shrink) {
		/* The first quiet: it may last for hours. */
		l->shrunk = true;
		memory_shrink();
		return ERR_NONE;
	}
	if (n == 0)
		err = on_timeout(l);
	if (err == ERR_NONE && fds[FD_SIGNAL].revents != 0)
		err = on_signal(l);
	if (err == ERR_NONE && !l->ended && fds[FD_TTY].revents != 0)
		err = on_tty(l);
	if (err == ERR_NONE && fds[FD_OUT].revents != 0) {
		err = term_send(l->term);
		/* What was held back meanwhile. */
		if (err == ERR_NONE && !term_pending(l->term))
			err = paint(l, false);
	}
	check_state(l);
	return err;
}

int
loop_run(struct session *s, struct term *t, int signal_fd, const char **parting)
{
	struct loop *l = calloc(1, sizeof(*l));
	int rows, cols, status = SESSION_EXIT_REFUSED;
	enum err err;

	*parting = err_text(ERR_NOMEM);
	if (l == NULL)
		return status;
	l->session = s;
	l->term = t;
	l->signal_fd = signal_fd;
	l->last_key = clock_mono_ms();
	term_size(t, &rows, &cols);
	l->small = is_small(rows, cols);
	err = ui_init(&l->ui, s, rows, cols);
	if (err == ERR_NONE)
		err = paint(l, false);
	while (err == ERR_NONE && !l->ended)
		err = turn(l);
	*parting = l->parting;
	if (err != ERR_NONE && l->parting == NULL)
		*parting = err_text(err);
	if (err == ERR_NONE)
		status = l->ui.state == UI_LINE_MODE ? SESSION_EXIT_LINE_MODE
						     : SESSION_EXIT_OK;
	ui_release(&l->ui);
	free(l);
	return status;
}
