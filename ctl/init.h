/* The parts of "portalctl init". */
#ifndef CTL_INIT_H
#define CTL_INIT_H

#include "ctl/ctl.h"

#define INIT_STORE "sqlite:portal.db"

enum { INIT_PORT = 2222, INIT_HTTP_PORT = 8080, INIT_CUSTOMERS_MAX = 5000000 };

struct init {
	char dir[CONFIG_VALUE - 16]; /* absolute */
	char store[CONFIG_VALUE];    /* [store] url, as it is written down */
	int64_t port, http_port, customers;
	bool demo;
	bool root;     /* running as root: own users, tighter modes */
	bool made_dir; /* it was not there before */
};

/* Each says what went wrong and gives an exit status. */
int init_users(void);
int init_dir(struct init *in, const char *name);
int init_config(const struct init *in);
int init_keys(const struct init *in);
int init_store(struct ctl *c, const struct init *in);
/* Is the store a file of the directory? */
bool init_in_dir(const struct init *in);
/* The path of a program that lies beside this one. */
int init_sibling(char *dst, size_t size, const char *name);
/* Runs it with a new environment; gives its exit status (255: a signal), -1
 * with errno when it could not be run. */
int init_spawn(const char *path, const char *const argv[]);
/* Runs work in a child, so that what it has made can be taken back whatever
 * ends it, Ctrl-C too.  Gives its exit status, CTL_FAILED after a signal. */
int init_apart(int (*work)(struct ctl *c, const struct init *in), struct ctl *c,
    const struct init *in);
/* Takes back what a failed init has made. */
void init_undo(const struct init *in);

/* The demo provider; ids as they come. */
enum err demo_fill(struct ctl *c);
/* So many customers with 24 invoices each in the tenant at hand, with
 * progress on standard error. */
enum err generate_customers(struct ctl *c, int64_t n);

/* A provider from the options of a command line (tenant.c). */
int tenant_from_options(struct ctl *c, const char *name, struct tenant *t);

#endif
