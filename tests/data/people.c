#include "tests/data/people.h"

#include <string.h>

#define TENANT(id, name)                                                       \
	"INSERT INTO tenant (id, name, brand, legal_name, address, country, "  \
	"email, phone, currency, zone, locale, created_at) VALUES (" id        \
	", '" name                                                             \
	"', 'B', 'L', 'A', 'AT', 'e@x', '1', 'EUR', 'UTC', 'C', 1);"
#define CUSTOMER(tenant, id, name)                                             \
	"INSERT INTO customer (tenant, id, number, name, email, fold, "        \
	"created_at) VALUES (" tenant ", " id ", 'C" id "', '" name            \
	"', '" name "@example.net', '" name "', 1);"                           \
	"INSERT INTO login (tenant, customer, id, email, email_fold, name, "   \
	"role, created_at) VALUES (" tenant ", " id ", " id ", '" name         \
	"@example.net', '" name "@example.net', '" name "', 'customer', 1);"

void
people_insert(const struct scratch *s)
{
	scratch_sql(s, TENANT("1", "portal") TENANT("2", "ruralnet") CUSTOMER(
			   "1", "11", "anna") CUSTOMER("1", "12", "bert")
			   CUSTOMER("2", "21", "caro"));
}

struct identity
person(int64_t customer, enum role role)
{
	struct identity id = {
	    .tenant = customer / 10,
	    .customer = customer,
	    .login = customer,
	    .role = role,
	};

	strcpy(id.source, "192.0.2.7");
	strcpy(id.session, "s-1");
	return id;
}

struct identity
staff_of(int64_t tenant)
{
	return (struct identity) {
	    .tenant = tenant, .login = 1, .role = ROLE_STAFF};
}
