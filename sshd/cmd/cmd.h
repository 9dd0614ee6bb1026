/*
 * portal-cmd: one command of a customer, or line mode.  Commands are rows; a
 * listing of data/listing.c is a command without a row of its own.
 */
#ifndef SSHD_CMD_CMD_H
#define SSHD_CMD_CMD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "data/customer.h"
#include "data/session.h"
#include "data/settings.h"
#include "data/tenant.h"

struct cmd {
	struct store *st;
	struct session_env env;
	struct tenant tenant;
	struct settings settings;
	FILE *in, *out, *err;
	bool json, csv;
	const char *name;        /* the command */
	const char *const *args; /* the words after it, options taken out */
	size_t nargs;
};

enum { CMD_JSON = 1, CMD_CSV = 2 };

struct command {
	const char *name;
	const char *args; /* for usage lines: "NUMBER", "" */
	const char *help; /* N_() */
	enum tab tab;     /* refused where the tenant hides it; TAB_COUNT */
	size_t nargs_min, nargs_max;
	unsigned formats;          /* CMD_JSON, CMD_CSV */
	int (*run)(struct cmd *c); /* gives a SESSION_EXIT_… */
};

extern const struct command commands[];
extern const size_t commands_count;

/* Reads tenant and settings; the store and env are set. */
enum err cmd_load(struct cmd *c);
/* Runs one command string; "" is line mode.  Gives a SESSION_EXIT_…; errors
 * are on c->err. */
int cmd_run(struct cmd *c, const char *line);

/* One line on c->err; gives SESSION_EXIT_REFUSED. */
int cmd_refuse(struct cmd *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for a command that was typed wrongly, and where to find the right
 * one; gives SESSION_EXIT_USAGE. */
int cmd_usage(struct cmd *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same for an error of the store. */
int cmd_fail(struct cmd *c, enum err err);

/* The civil day at the tenant. */
int64_t cmd_today(const struct cmd *c);

/* "104.30 EUR"; "8 May 2026". */
struct said {
	char s[64];
};
struct said say_money(int64_t amount, const char *currency);
struct said say_day(int64_t day);
struct said say_time(const struct cmd *c, int64_t instant);

/* JSON values; NULL only when memory is out (json_pack refuses them then). */
json_t *js_money(int64_t amount, const char *currency);
json_t *js_day(int64_t day);
json_t *js_day_if(bool given, int64_t day);
json_t *js_time(int64_t instant);
json_t *js_text(const char *s); /* "" is null */
/* Prints and releases; NULL is an error that is told. */
int cmd_print_json(struct cmd *c, json_t *value);

/* The commands. */
int cmd_overview(struct cmd *c);
int cmd_invoice(struct cmd *c);
int cmd_ticket(struct cmd *c);
int cmd_pay(struct cmd *c);
int cmd_plain(struct cmd *c);

/* Their text, for line mode too. */
struct overview {
	struct customer customer;
	struct account account;
	int64_t today;
	struct news *news; /* the latest, or none */
	size_t nnews;
};
enum err overview_load(struct cmd *c, struct overview *out);
void overview_release(struct overview *o);
/* "name", "email", … or "" where the tenant hides the field. */
const char *overview_field(
    const struct cmd *c, const struct overview *o, enum profile_field field);
/* Street, postcode, city and country on one line, without hidden ones. */
void overview_address(
    char *dst, size_t size, const struct cmd *c, const struct overview *o);
void overview_state(struct cmd *c, const struct overview *o);
void overview_figures(struct cmd *c, const struct overview *o);

struct invoice;
/* width: columns of the paper's text; below 60 it is a line for each fact. */
enum err invoice_print(struct cmd *c, const struct invoice *inv, size_t width);
struct ticket;
void ticket_print(struct cmd *c, const struct ticket *t);

#endif
