/* Services and plans. */
#ifndef DATA_SERVICE_H
#define DATA_SERVICE_H

#include "base/money.h"
#include "data/store.h"

struct service {
	int64_t id;
	int64_t plan;
	char plan_name[81];
	char type[16]; /* internet voice recurring bundle */
	char description[161];
	char status[16]; /* Pending Active Online Paused Inactive */
	int64_t price;   /* net per month, tenant's currency */
	int64_t tax_rate;
	int64_t since; /* day */
	bool has_ended;
	int64_t ended;
	int64_t online_at; /* instant; 0: not online */
	bool prepaid;      /* runs on the balance: prepaid.h */
};

/* All of the customer's, by type then id; *out is malloc'ed. */
enum err service_list(struct store *st, struct service **out, size_t *n);

struct plan {
	int64_t id;
	char name[81];
	char type[16];
	char description[161];
	int64_t price, tax_rate;
};
enum err plan_create(struct store *st, struct plan *p);
/* System; status in lower case as stored. */
enum err service_create(
    struct store *st, int64_t customer, const struct service *s, int64_t *id);
enum err service_set_online(
    struct store *st, int64_t customer, int64_t service, int64_t online_at);

#endif
