/*
 * Waiting.  Knows nothing of what is waited for.
 */
#include "base/loop.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"

enum err
loop_open(struct loop *l)
{
	l->timers = NULL;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	return l->epoll == -1 ? ERR_INTERNAL : ERR_NONE;
}

void
loop_close(struct loop *l)
{
	close(l->epoll);
	l->epoll = -1;
}

static enum err
loop_ctl(struct loop *l, int op, struct watch *w, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = w};

	return epoll_ctl(l->epoll, op, w->fd, &ev) == -1 ? ERR_INTERNAL
							 : ERR_NONE;
}

enum err
loop_add(struct loop *l, struct watch *w)
{
	return loop_ctl(l, EPOLL_CTL_ADD, w, EPOLLIN);
}

enum err
loop_listen(struct loop *l, struct watch *w, int on)
{
	return loop_want(l, w, on ? EPOLLIN : 0);
}

enum err
loop_want(struct loop *l, struct watch *w, uint32_t events)
{
	return loop_ctl(l, EPOLL_CTL_MOD, w, events);
}

void
loop_remove(struct loop *l, struct watch *w)
{
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, w->fd, NULL);
}

void
loop_timer_clear(struct loop *l, struct timer *t)
{
	struct timer **p;

	if (!t->set)
		return;
	for (p = &l->timers; *p != NULL; p = &(*p)->next) {
		if (*p == t) {
			*p = t->next;
			break;
		}
	}
	t->set = 0;
}

void
loop_timer_set(struct loop *l, struct timer *t, int64_t delay_ms)
{
	struct timer **p = &l->timers;

	loop_timer_clear(l, t);
	t->due = clock_mono_ms() + (delay_ms > 0 ? delay_ms : 0);
	while (*p != NULL && (*p)->due <= t->due)
		p = &(*p)->next;
	t->next = *p;
	*p = t;
	t->set = 1;
}

/* Milliseconds until the first timer; -1: none. */
static int
loop_timeout(const struct loop *l)
{
	int64_t left;

	if (l->timers == NULL)
		return -1;
	left = l->timers->due - clock_mono_ms();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

enum err
loop_turn(struct loop *l)
{
	struct epoll_event ev;
	struct watch *w;
	struct timer *t = l->timers;
	int n;

	n = epoll_wait(l->epoll, &ev, 1, loop_timeout(l));
	if (n == -1)
		return errno == EINTR ? ERR_NONE : ERR_INTERNAL;
	if (t != NULL && t->due <= clock_mono_ms()) {
		loop_timer_clear(l, t);
		t->fire(t->arg);
		return ERR_NONE; /* the event is still there next time */
	}
	if (n == 1) {
		w = ev.data.ptr;
		w->ready(w->arg, ev.events);
	}
	return ERR_NONE;
}
