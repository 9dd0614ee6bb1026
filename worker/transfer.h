/*
 * libcurl's transfers on the worker's loop: for fetch.c only.  smtp.c, in a
 * process of its own, shares what makes an easy handle safe.
 */
#ifndef WORKER_TRANSFER_H
#define WORKER_TRANSFER_H

#include <curl/curl.h>

#include "worker/worker.h"

struct transfer {
	CURL *easy;
	const void *owner; /* what fetch_forget() names */
	/* It is over; why is in words, for staff. */
	void (*over)(struct transfer *t, CURLcode code);
	/* Frees it, called once in any case. */
	void (*release)(struct transfer *t);
	char why[CURL_ERROR_SIZE];
	struct transfer *next;
};

/*
 * An easy handle with what all have: certificates are checked, no proxy, no
 * redirect, no file, limits of time.  schemes: "https,http".  why is where it
 * says what went wrong, as long as it lives.
 */
enum err transfer_easy(CURL **out, char why[CURL_ERROR_SIZE],
    const char *schemes, long timeout_ms);
enum err transfer_init(
    struct transfer *t, const char *schemes, long timeout_ms);
/* Takes t over; also on an error, when it is released and over() not called. */
enum err transfer_start(struct worker *w, struct transfer *t);

#endif
