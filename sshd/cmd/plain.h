/*
 * Line mode: `ssh portal@isp plain`, dumb terminals, no terminal at all.  It
 * only ever appends lines, so that screen readers, printers and logs follow.
 */
#ifndef SSHD_CMD_PLAIN_H
#define SSHD_CMD_PLAIN_H

#include "data/listing.h"
#include "sshd/cmd/cmd.h"
#include "sshd/cmd/prompt.h"

struct browse;

struct plain {
	struct cmd *c;
	struct prompt in;
	struct browse *browse; /* the list that is being read */
};

enum step {
	STEP_STAY,  /* ask again */
	STEP_SHOW,  /* show where we are, then ask again */
	STEP_BACK,  /* to the menu before */
	STEP_LEAVE, /* end: input is over, or the customer leaves */
};

/* One way to go on. A choice that does not fit now is not offered. */
struct choice {
	const char *key;  /* "1", "n" */
	const char *word; /* "billing", "next": typed in full, it counts too */
	const char *text; /* N_(): "3 Billing", "[n]ext" */
	const char *help; /* N_(), one line of ? */
	enum tab tab;     /* TAB_COUNT: whatever the tenant shows */
	bool (*fits)(struct plain *p); /* NULL: always */
	enum step (*run)(struct plain *p);
};

/* Shows with show (may be NULL), asks, runs, until it is over. Gives
 * STEP_LEAVE, or STEP_SHOW when one goes back to the menu before. */
enum step plain_menu(struct plain *p, const struct choice *choices, size_t n,
    void (*show)(struct plain *p));

enum step plain_back(struct plain *p);

/* A list one row at a time. */
struct browse_kind {
	const char *listing;
	const char *one;  /* N_(): "Invoice" */
	const char *head; /* the column that names a row, "" for none */
	int64_t (*count)(const struct account *a); /* NULL: not known */
	const struct choice *choices;
	size_t nchoices;
};
struct browse {
	const struct browse_kind *kind;
	struct rows rows;
	size_t at;
	int64_t total; /* -1: not known */
};
enum step plain_browse(struct plain *p, const struct browse_kind *kind);
/* Reads it again from the store, staying at the same place. */
enum err browse_reload(struct plain *p);
/* Id of the row that is shown; 0 when there is none. */
int64_t browse_id(const struct plain *p);
bool browse_has_row(struct plain *p);
bool browse_has_next(struct plain *p);
bool browse_has_previous(struct plain *p);
enum step browse_next(struct plain *p);
enum step browse_previous(struct plain *p);
/* Opens the payment that is shown: what it paid, what was given back. */
enum step plain_payment(struct plain *p);

#define CHOICE_NEXT                                                            \
	{                                                                      \
		.key = "n", .word = "next", .text = N_("[n]ext"),              \
		.help = N_("the next one"), .tab = TAB_COUNT,                  \
		.fits = browse_has_next, .run = browse_next                    \
	}
#define CHOICE_PREVIOUS                                                        \
	{                                                                      \
		.key = "v", .word = "previous", .text = N_("pre[v]ious"),      \
		.help = N_("the one before"), .tab = TAB_COUNT,                \
		.fits = browse_has_previous, .run = browse_previous            \
	}
#define CHOICE_BACK                                                            \
	{                                                                      \
		.key = "b", .word = "back", .text = N_("[b]ack"),              \
		.help = N_("the menu before this one"), .tab = TAB_COUNT,      \
		.run = plain_back                                              \
	}

/* The menus behind the main one. */
enum step plain_billing(struct plain *p);
enum step plain_methods(struct plain *p);
enum step plain_services(struct plain *p);
enum step plain_tickets(struct plain *p);
enum step plain_profile(struct plain *p);
/* Changing the e-mail address by a mailed code. */
enum step plain_email(struct plain *p);

#endif
