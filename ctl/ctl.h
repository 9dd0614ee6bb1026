/*
 * portalctl: the provider's command line.  Commands are rows; each knows its
 * usage, its options and what runs it.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/config.h"
#include "data/customer.h"
#include "data/store.h"
#include "data/tenant.h"

enum { CTL_OK = 0, CTL_FAILED = 1, CTL_USAGE = 2 };
enum { CTL_ARGS = 16, CTL_OPTIONS = 32, CTL_RINGS = 64 };

/* What the monitor is told after the commit. */
struct ring {
	bool disabled; /* a login; else topics of a customer */
	int64_t tenant, id;
	unsigned topics;
};

struct ctl;

struct ctl_command {
	const char *name;    /* "customer add" */
	const char *args;    /* for usage: "NUMBER|EMAIL" */
	const char *options; /* "name= email= json": = takes a value */
	const char *help;    /* N_() */
	size_t nargs;        /* exactly so many words */
	bool no_store;       /* runs without configuration and store */
	int (*run)(struct ctl *c);
};

struct ctl {
	const struct ctl_command *command;
	const char *config_path;
	struct config config;
	struct clock clock;
	struct store *st;
	struct tenant tenant;
	const char *args[CTL_ARGS];
	size_t nargs;
	struct {
		const char *name, *value;
	} options[CTL_OPTIONS];
	size_t noptions;
	int attempts; /* of the command, that are left */
	struct ring rings[CTL_RINGS];
	size_t nrings;
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_commands_count;

/* All of it: parses, opens, runs, rings.  Gives the exit status. */
int ctl_main(int argc, char **argv);

/* The option's value ("" for one without), or NULL. */
const char *ctl_option(const struct ctl *c, const char *name);
/* The same, or the fallback. */
const char *ctl_option_or(
    const struct ctl *c, const char *name, const char *fallback);
/* A whole number of min..max; CTL_OK, or CTL_USAGE after saying so. */
int ctl_option_int(const struct ctl *c, const char *name, int64_t min,
    int64_t max, int64_t *out);

/* "portalctl: …" on standard error. */
int ctl_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int ctl_usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What a failed call of data/ means and what to do; what names the thing. */
int ctl_fail(const struct ctl *c, enum err err, const char *what);
/* [store] url names a database that is not there. */
int ctl_no_database(void);

/* Opens config and store as the tenant of --tenant; CTL_OK or an exit
 * status after saying why. */
int ctl_open(struct ctl *c);
/* CTL_OK unless url names a file that is not there, after saying so. */
int ctl_store_there(const char *url);
/* Opens a store by URL, before there is a tenant. */
int ctl_open_store(struct ctl *c, const char *url);
/* Acts as the tenant and customer (0: none) from now on. */
void ctl_become(struct ctl *c, int64_t tenant, int64_t customer);
int64_t ctl_today(const struct ctl *c);
/* Noon of a past day; now for today. */
int64_t ctl_instant(const struct ctl *c, int64_t day);
void ctl_close(struct ctl *c);

/* An amount of the tenant's currency that was typed. */
int ctl_amount(const struct ctl *c, const char *text, int64_t *amount);

/* Finds a customer by number or e-mail of a login. */
int ctl_customer(struct ctl *c, const char *who, struct customer *out);

/* Tells the monitor later that this login must end. */
void ctl_ring_disabled(struct ctl *c, int64_t login);
/* store_on_change() callback; arg is the struct ctl. */
void ctl_ring_changed(
    void *arg, int64_t tenant, int64_t customer, unsigned topics);
/* Tells it now; without a running monitor nothing happens. */
void ctl_ring(struct ctl *c);

/* Prints an object: with --json as JSON, else "key: value" lines.  Releases
 * it; NULL is "out of memory". */
int ctl_show(const struct ctl *c, json_t *object);
/* The same for an array of flat objects: JSON, or aligned columns. */
int ctl_show_list(const struct ctl *c, json_t *array);

/* Values; NULL when memory is out, which json_pack refuses. */
json_t *ctl_js_money(int64_t amount, const char *currency);
json_t *ctl_js_day(int64_t day);
json_t *ctl_js_time(int64_t instant);
json_t *ctl_js_text(const char *s);

/*
 * A password from standard input: asked twice without echo on a terminal, one
 * line otherwise.  The caller wipes dst.
 */
int ctl_read_password(char *dst, size_t size);

/* The commands. */
int ctl_init(struct ctl *c);
int ctl_users(struct ctl *c);
int ctl_upgrade(struct ctl *c);
int ctl_migrate(struct ctl *c);
int ctl_version(struct ctl *c);
int ctl_help(struct ctl *c);
int ctl_tenant_add(struct ctl *c);
int ctl_tenant_list(struct ctl *c);
int ctl_setting_set(struct ctl *c);
int ctl_setting_list(struct ctl *c);
int ctl_template_list(struct ctl *c);
int ctl_template_show(struct ctl *c);
int ctl_template_set(struct ctl *c);
int ctl_template_reset(struct ctl *c);
int ctl_news_add(struct ctl *c);
int ctl_plan_add(struct ctl *c);
int ctl_service_add(struct ctl *c);
int ctl_service_prepaid(struct ctl *c);
int ctl_customer_add(struct ctl *c);
int ctl_customer_show(struct ctl *c);
int ctl_customer_list(struct ctl *c);
int ctl_customer_block(struct ctl *c);
int ctl_customer_unblock(struct ctl *c);
int ctl_login_add(struct ctl *c);
int ctl_login_disable(struct ctl *c);
int ctl_login_enable(struct ctl *c);
int ctl_login_password(struct ctl *c);
int ctl_key_add(struct ctl *c);
int ctl_invoice_add(struct ctl *c);
int ctl_invoice_show(struct ctl *c);
int ctl_invoice_cancel(struct ctl *c);
int ctl_proforma_add(struct ctl *c);
int ctl_proforma_show(struct ctl *c);
int ctl_proforma_list(struct ctl *c);
int ctl_proforma_cancel(struct ctl *c);
int ctl_credit_note_add(struct ctl *c);
int ctl_credit_note_show(struct ctl *c);
int ctl_credit_note_refund(struct ctl *c);
int ctl_credit_note_list(struct ctl *c);
int ctl_payment_add(struct ctl *c);
int ctl_credit_add(struct ctl *c);
int ctl_refund_add(struct ctl *c);
int ctl_import_camt(struct ctl *c);
int ctl_ticket_reply(struct ctl *c);

#endif
