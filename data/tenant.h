/* The provider as its customers see it: About, headers of papers. */
#ifndef DATA_TENANT_H
#define DATA_TENANT_H

#include "base/money.h"
#include "data/store.h"

struct tenant {
	int64_t id;
	char name[33]; /* SSH user name */
	char brand[81];
	char legal_name[161];
	char address[321]; /* lines */
	char country[3];
	char vat_id[33];
	char register_no[81];
	char email[255];
	char phone[65];
	char website[161];
	char hours[161];
	char support[321];
	char bank_name[81];
	char iban[35];
	char bic[12];
	char terms[321];
	char currency[CURRENCY_SIZE];
	char zone[64];
	char locale[32];
};

/* The identity's own tenant. */
enum err tenant_get(struct store *st, struct tenant *out);

/* System: makes a tenant (id ignored, set); the first one is the default. */
enum err tenant_create(struct store *st, struct tenant *t);
/* System: by SSH name; an empty name gives the default one. */
enum err tenant_find(struct store *st, const char *name, struct tenant *out);

/* System: the only tenant with a login of this e-mail; ERR_NOT_FOUND when there
 * is none or more than one. */
enum err tenant_find_by_login(
    struct store *st, const char *email, struct tenant *out);

struct news {
	int64_t id, at;
	char title[161];
	char body[4001];
};
/* Newest first; *out is a malloc'ed array of at most max. */
enum err news_list(struct store *st, size_t max, struct news **out, size_t *n);
enum err news_create(
    struct store *st, int64_t at, const char *title, const char *body);

#endif
