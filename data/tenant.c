/* The provider's row and its news. */
#include "data/tenant.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "data/input.h"
#include "data/txn.h"

enum { NEWS_PAGE = 16 };

enum err
tenant_get(struct store *st, struct tenant *out)
{
	struct query q = query_begin(st, SQL_TENANT_GET);
	struct tenant t = {0};
	bool found = false;
	enum err err;

	while (query_row(&q)) {
		found = true;
		t.id = col_int(&q, 0);
		col_copy(&q, 1, t.name, sizeof(t.name));
		col_copy(&q, 2, t.brand, sizeof(t.brand));
		col_copy(&q, 3, t.legal_name, sizeof(t.legal_name));
		col_copy(&q, 4, t.address, sizeof(t.address));
		col_copy(&q, 5, t.country, sizeof(t.country));
		col_copy(&q, 6, t.vat_id, sizeof(t.vat_id));
		col_copy(&q, 7, t.register_no, sizeof(t.register_no));
		col_copy(&q, 8, t.email, sizeof(t.email));
		col_copy(&q, 9, t.phone, sizeof(t.phone));
		col_copy(&q, 10, t.website, sizeof(t.website));
		col_copy(&q, 11, t.hours, sizeof(t.hours));
		col_copy(&q, 12, t.support, sizeof(t.support));
		col_copy(&q, 13, t.bank_name, sizeof(t.bank_name));
		col_copy(&q, 14, t.iban, sizeof(t.iban));
		col_copy(&q, 15, t.bic, sizeof(t.bic));
		col_copy(&q, 16, t.terms, sizeof(t.terms));
		col_copy(&q, 17, t.currency, sizeof(t.currency));
		col_copy(&q, 18, t.zone, sizeof(t.zone));
		col_copy(&q, 19, t.locale, sizeof(t.locale));
	}
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (!found)
		return ERR_NOT_FOUND;
	*out = t;
	return ERR_NONE;
}

/* An SSH user name that cannot be taken for an e-mail or an option. */
static bool
name_ok(const char *s)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

	return s[0] >= 'a' && s[0] <= 'z' && strspn(s, chars) == strlen(s);
}

/* IBAN and BIC without blanks. */
static void
squeeze(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++)
		if (*s != ' ')
			*to++ = *s;
	*to = '\0';
}

static enum err
tenant_clean(struct store *st, const struct tenant *in, struct tenant *t)
{
	enum err err = ERR_NONE;

#define LINE(field)                                                            \
	if (err == ERR_NONE)                                                   \
	err = input_line(st, #field, t->field, sizeof(t->field), in->field)
#define LINES(field)                                                           \
	if (err == ERR_NONE)                                                   \
	err = input_lines(st, #field, t->field, sizeof(t->field), in->field)
	LINE(name);
	LINE(brand);
	LINE(legal_name);
	LINES(address);
	LINE(vat_id);
	LINE(register_no);
	LINE(email);
	LINE(phone);
	LINE(website);
	LINE(hours);
	LINES(support);
	LINE(bank_name);
	LINE(iban);
	LINE(bic);
	LINES(terms);
	LINE(currency);
	LINE(zone);
	LINE(locale);
#undef LINE
#undef LINES
	if (err == ERR_NONE)
		err = input_country(st, "country", t->country, in->country);
	if (err != ERR_NONE)
		return err;
	squeeze(t->iban);
	squeeze(t->bic);
	if (!name_ok(t->name))
		return store_refuse(st, "name",
		    N_("A tenant's name is an SSH user name: small letters, "
		       "digits, - and _."));
	if (t->brand[0] == '\0')
		return store_refuse(st, "brand", N_("Please fill this in."));
	if (t->legal_name[0] == '\0')
		strcpy(t->legal_name, t->brand);
	if (!currency_valid(t->currency))
		return store_refuse(st, "currency",
		    N_("A currency has three capital letters, such as EUR."));
	if (!zone_valid(t->zone))
		return store_refuse(st, "zone",
		    N_("A time zone has a name such as Europe/Vienna."));
	if (t->locale[0] == '\0')
		strcpy(t->locale, "C.UTF-8");
	return ERR_NONE;
}

static enum err
tenant_insert(struct store *st, const struct tenant *t, int64_t *id)
{
	struct query q = query_begin(st, SQL_TENANT_INSERT);

	query_bind_text(&q, t->name);
	query_bind_text(&q, t->brand);
	query_bind_text(&q, t->legal_name);
	query_bind_text(&q, t->address);
	query_bind_text(&q, t->country);
	query_bind_text(&q, t->email);
	query_bind_text(&q, t->phone);
	query_bind_text(&q, t->currency);
	query_bind_text(&q, t->zone);
	query_bind_text(&q, t->locale);
	query_bind_int(&q, clock_now(store_clock(st)));
	while (query_row(&q))
		*id = col_int(&q, 0);
	return query_end(&q);
}

static enum err
tenant_details(struct store *st, const struct tenant *t)
{
	struct query q = query_begin(st, SQL_TENANT_DETAILS);

	query_bind_text(&q, t->vat_id);
	query_bind_text(&q, t->register_no);
	query_bind_text(&q, t->website);
	query_bind_text(&q, t->hours);
	query_bind_text(&q, t->support);
	query_bind_text(&q, t->bank_name);
	query_bind_text(&q, t->iban);
	query_bind_text(&q, t->bic);
	query_bind_text(&q, t->terms);
	return query_run(&q, NULL);
}

enum err
tenant_create(struct store *st, struct tenant *t)
{
	struct identity was = *store_identity(st), as = was;
	struct tenant clean = {0};
	bool mine = !store_in_transaction(st);
	int64_t id = 0;
	enum err err;

	if (was.role != ROLE_SYSTEM)
		return ERR_DENIED;
	store_clear_problem(st);
	if ((err = tenant_clean(st, t, &clean)) != ERR_NONE)
		return err;
	if (mine && (err = store_begin(st)) != ERR_NONE)
		return err;
	err = tenant_insert(st, &clean, &id);
	if (err == ERR_NONE) {
		as.tenant = clean.id = id;
		store_become(st, &as);
		err = tenant_details(st, &clean);
	}
	if (mine && err == ERR_NONE)
		err = store_commit(st);
	else if (mine)
		store_rollback(st);
	store_become(st, &was);
	if (err == ERR_NONE)
		*t = clean;
	return err;
}

enum err
tenant_find(struct store *st, const char *name, struct tenant *out)
{
	struct identity was = *store_identity(st), as = was;
	struct query q;
	enum err err;

	as.tenant = 0;
	if (name[0] == '\0') {
		q = query_begin(st, SQL_TENANT_DEFAULT);
	} else {
		q = query_begin(st, SQL_TENANT_BY_NAME);
		query_bind_text(&q, name);
	}
	while (query_row(&q))
		as.tenant = col_int(&q, 0);
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	if (as.tenant == 0)
		return ERR_NOT_FOUND;
	store_become(st, &as);
	err = tenant_get(st, out);
	store_become(st, &was);
	return err;
}

enum err
tenant_find_by_login(struct store *st, const char *email, struct tenant *out)
{
	struct query q = query_begin(st, SQL_TENANT_BY_LOGIN);
	char name[sizeof(out->name)] = "";
	size_t n = 0;
	enum err err;

	query_bind_text(&q, email);
	for (; query_row(&q); n++)
		col_copy(&q, 0, name, sizeof(name));
	if ((err = query_end(&q)) != ERR_NONE)
		return err;
	return n == 1 ? tenant_find(st, name, out) : ERR_NOT_FOUND;
}

/* News. */

static enum err
news_page(struct store *st, struct news *list, size_t *n, size_t limit)
{
	bool first = *n == 0;
	struct query q = query_begin(st, SQL_NEWS_LIST);
	struct news *at;

	query_bind_int(&q, first ? INT64_MAX : list[*n - 1].at);
	query_bind_int(&q, first ? INT64_MAX : list[*n - 1].id);
	query_bind_int(&q, (int64_t)limit);
	while (query_row(&q)) {
		at = &list[(*n)++];
		at->id = col_int(&q, 0);
		at->at = col_int(&q, 1);
		col_copy(&q, 2, at->title, sizeof(at->title));
		col_copy(&q, 3, at->body, sizeof(at->body));
	}
	return query_end(&q);
}

enum err
news_list(struct store *st, size_t max, struct news **out, size_t *n)
{
	struct news *list = calloc(max + 1, sizeof(*list));
	size_t got = 0, had, limit;
	enum err err = ERR_NONE;

	if (list == NULL)
		return ERR_NOMEM;
	do {
		had = got;
		limit = max - got < NEWS_PAGE ? max - got : NEWS_PAGE;
		if (limit > 0)
			err = news_page(st, list, &got, limit);
	} while (err == ERR_NONE && limit > 0 && got == had + limit);
	if (err != ERR_NONE) {
		free(list);
		return err;
	}
	*out = list;
	*n = got;
	return ERR_NONE;
}

enum err
news_create(struct store *st, int64_t at, const char *title, const char *body)
{
	struct news clean;
	struct query q;
	struct txn txn;
	enum err err;

	if ((err = txn_begin(&txn, st, 0)) != ERR_NONE)
		return err;
	err =
	    input_needed(st, "title", clean.title, sizeof(clean.title), title);
	if (err == ERR_NONE)
		err = input_lines(
		    st, "body", clean.body, sizeof(clean.body), body);
	if (err == ERR_NONE) {
		q = query_begin(st, SQL_NEWS_INSERT);
		query_bind_int(&q, at != 0 ? at : clock_now(store_clock(st)));
		query_bind_text(&q, clean.title);
		query_bind_text(&q, clean.body);
		err = query_run(&q, NULL);
	}
	if (err == ERR_NONE)
		store_changed(st, 0, TOPIC_NEWS);
	return txn_end(&txn, err);
}
