/*
 * The demo provider: who there is, and filling the store with all of it in one
 * transaction.
 */
#include "ctl/demo.h"

#include <string.h>

#include "ctl/init.h"

/* clang-format off */
const struct demo_customer demo_customers[] = {
	{ .tenant = "portal",
	  .customer = { .number = "10-20394", .name = "Demo Customer",
	    .email = "demo@example.net", .phone = "0555 0199",
	    .street = "1 Barn Road", .postcode = "6167", .city = "Ridge",
	    .country = "AT" },
	  .login = "demo@example.net", .password = "demo",
	  .billing = DEMO_FULL, .plan = "Wireless 50/10",
	  .service = "Wireless 50/10, Barn Road",
	  .voice = "Voice line 0555 0134", .months = 26 },
	{ .tenant = "portal",
	  .customer = { .number = "10-20417", .name = "Second Customer",
	    .email = "second@example.net", .phone = "0555 0142",
	    .street = "7 Mill Lane", .postcode = "6167", .city = "Ridge",
	    .country = "AT" },
	  .login = "second@example.net", .password = "second",
	  .billing = DEMO_BLOCKED, .plan = "Wireless 20/5",
	  .service = "Wireless 20/5, Mill Lane", .months = 7 },
	{ .tenant = "portal",
	  .customer = { .name = "Zoë Łukaszewska-Öztürk",
	    .email = "zoe@example.net", .phone = "0555 0127",
	    .street = "Hauptstraße 12", .postcode = "6020",
	    .city = "Innsbruck", .country = "AT" },
	  .login = "zoe@example.net", .billing = DEMO_PAYS,
	  .plan = "Fibre 300", .service = "Fibre 300, Hauptstraße 12",
	  .months = 5 },
	{ .tenant = "portal",
	  .customer = { .name = "François Müller-Ångström",
	    .email = "francois@example.net", .phone = "0555 0131",
	    .street = "Bahnhofgasse 3", .postcode = "6166",
	    .city = "Fulpmes", .country = "AT" },
	  .login = "francois@example.net", .billing = DEMO_PAYS,
	  .plan = "Wireless 50/10", .service = "Wireless 50/10, Bahnhofgasse",
	  .months = 4 },
	{ .tenant = "portal",
	  .customer = { .name = "מרים לוי", .email = "miriam@example.net",
	    .phone = "0555 0168", .street = "Seilergasse 9",
	    .postcode = "6020", .city = "Innsbruck", .country = "AT" },
	  .login = "miriam@example.net", .billing = DEMO_PAYS,
	  .plan = "Fibre 300", .service = "Fibre 300, Seilergasse 9",
	  .months = 4 },
	{ .tenant = "portal",
	  .customer = { .name = "佐藤 花子", .email = "hanako@example.net",
	    .phone = "0555 0173", .street = "Höttinger Au 41",
	    .postcode = "6020", .city = "Innsbruck", .country = "AT" },
	  .login = "hanako@example.net", .billing = DEMO_PAYS,
	  .plan = "Wireless 50/10", .service = "Wireless 50/10, Höttinger Au",
	  .voice = "Voice line 0555 0173", .months = 4 },
	{ .tenant = "ruralnet",
	  .customer = { .number = "10-00311", .name = "Rural Customer",
	    .email = "rural@example.net", .phone = "01632 960 142",
	    .street = "Fern Cottage, Moor Lane", .postcode = "NE99 4AB",
	    .city = "Elsdon", .country = "GB" },
	  .login = "rural@example.net", .password = "rural",
	  .billing = DEMO_PAYS, .plan = "Field 30",
	  .service = "Field 30, Fern Cottage", .months = 6 },
};
/* clang-format on */
const size_t demo_customers_count =
    sizeof(demo_customers) / sizeof(demo_customers[0]);

static enum err
add_login(struct ctl *c, const struct demo_customer *who, int64_t customer)
{
	if (who->login == NULL)
		return ERR_NONE;
	return login_create(c->st, customer, who->login, who->customer.name,
	    who->password, NULL);
}

static enum err
add_customer(struct ctl *c, const struct demo_customer *who)
{
	struct customer cu = who->customer;
	enum err err;

	if ((err = customer_create(c->st, &cu)) != ERR_NONE ||
	    (err = add_login(c, who, cu.id)) != ERR_NONE ||
	    (err = demo_services(c, who, cu.id)) != ERR_NONE ||
	    (err = demo_billing(c, who, cu.id)) != ERR_NONE)
		return err;
	if (who->billing == DEMO_FULL)
		return demo_tickets(c, cu.id);
	if (who->billing == DEMO_BLOCKED)
		return customer_set_state(c->st, cu.id, "blocked");
	return ERR_NONE;
}

static enum err
fill_tenant(struct ctl *c, const char *name)
{
	enum err err;
	size_t i;

	if ((err = demo_tenant(c, name)) != ERR_NONE)
		return err;
	for (i = 0; i < demo_customers_count && err == ERR_NONE; i++)
		if (strcmp(demo_customers[i].tenant, name) == 0)
			err = add_customer(c, &demo_customers[i]);
	return err;
}

static enum err
fill_all(struct ctl *c)
{
	struct tenant first;
	enum err err;

	if ((err = fill_tenant(c, "portal")) != ERR_NONE ||
	    (err = login_create(c->st, 0, "staff@example.net", "Anna Staff",
		 "staff", NULL)) != ERR_NONE)
		return err;
	first = c->tenant;
	if ((err = fill_tenant(c, "ruralnet")) != ERR_NONE)
		return err;
	c->tenant = first;
	ctl_become(c, first.id, 0);
	return ERR_NONE;
}

enum err
demo_fill(struct ctl *c)
{
	enum err err;

	if ((err = store_begin(c->st)) != ERR_NONE)
		return err;
	if ((err = fill_all(c)) == ERR_NONE)
		err = store_commit(c->st);
	store_rollback(c->st);
	return err;
}
