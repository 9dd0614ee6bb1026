/*
 * One process's event loop: descriptors by epoll, timers by its timeout.
 * Handles one event a turn, so that whatever a handler frees is really gone.
 * With no timer set it sleeps until something happens.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdint.h>

#include "base/err.h"

struct watch {
	int fd;
	void (*ready)(void *arg, uint32_t events); /* EPOLLIN and so on */
	void *arg;
};

struct timer {
	int64_t due; /* clock_mono_ms() */
	void (*fire)(void *arg);
	void *arg;
	struct timer *next;
	int set;
};

struct loop {
	int epoll;
	struct timer *timers; /* soonest first */
};

enum err loop_open(struct loop *l);
void loop_close(struct loop *l);

/* Watches w->fd for input.  w is borrowed until loop_remove(). */
enum err loop_add(struct loop *l, struct watch *w);
/* For input (on) or not; hang-ups are always told. */
enum err loop_listen(struct loop *l, struct watch *w, int on);
/* For these events (EPOLLIN, EPOLLOUT) instead. */
enum err loop_want(struct loop *l, struct watch *w, uint32_t events);
void loop_remove(struct loop *l, struct watch *w);

/* (Re)starts a timer; borrowed until it fires or is cleared. */
void loop_timer_set(struct loop *l, struct timer *t, int64_t delay_ms);
void loop_timer_clear(struct loop *l, struct timer *t);

/* Waits for one event or timer and handles it. */
enum err loop_turn(struct loop *l);

#endif
