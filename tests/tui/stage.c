#include "tests/tui/stage.h"

#include <stdio.h>
#include <stdlib.h>

#include "data/invoice.h"
#include "data/payment.h"
#include "data/service.h"
#include "data/ticket.h"

enum { HOUR = 3600, MONTHS = 12, TAX = 2000 };

static int64_t
noon(int64_t day)
{
	return day * STAGE_DAY + STAGE_DAY / 2;
}

void
stage_system(struct stage *s)
{
	struct identity id = {.tenant = s->tenant, .role = ROLE_SYSTEM};

	strcpy(id.source, "console");
	store_become(s->st, &id);
}

static void
act_as_customer(struct stage *s)
{
	struct identity id = {.tenant = s->tenant,
	    .customer = s->customer,
	    .login = s->login,
	    .role = ROLE_CUSTOMER};

	strcpy(id.source, "192.0.2.7");
	store_become(s->st, &id);
}

void
stage_set(struct stage *s, const char *key, const char *value)
{
	stage_system(s);
	OK(setting_set(s->st, key, value));
	act_as_customer(s);
}

static void
make_tenant(struct stage *s)
{
	struct tenant t = {.name = "portal",
	    .brand = "Ridgenet",
	    .legal_name = "Ridgenet Ltd",
	    .address = "12 High Street\nRidge",
	    .country = "IE",
	    .vat_id = "IE1234567T",
	    .register_no = "Company no. 991234",
	    .email = "office@ridgenet.example",
	    .phone = "0555 0100",
	    .website = "https://ridgenet.example",
	    .hours = "Monday to Friday, 08:00 to 18:00",
	    .support = "Call 0555 0111 at any hour.",
	    .bank_name = "Ridge Bank",
	    .iban = "IE29AIBK93115212345678",
	    .bic = "AIBKIE2D",
	    .terms = "Payable within 14 days.",
	    .currency = "EUR",
	    .zone = "Europe/Vienna",
	    .locale = "C.UTF-8"};

	OK(tenant_create(s->st, &t));
	s->tenant = t.id;
	stage_system(s);
	OK(setting_set(s->st, "show_next_payment", "yes"));
	OK(setting_set(s->st, "show_suspension", "yes"));
	OK(setting_set(s->st, "suspend_after_days", "15"));
	OK(setting_set(s->st, "pay_how",
	    "Bank transfer, with the invoice's number as reference."));
	OK(setting_set(s->st, "pay_ask", "Ridgenet office, 0555 0100"));
}

static void
make_customer(struct stage *s)
{
	struct customer c = {.number = "10-20394",
	    .name = "Demo Customer",
	    .email = "demo@example.net",
	    .phone = "0555 0199",
	    .street = "1 Barn Road",
	    .postcode = "6167",
	    .city = "Ridge",
	    .country = "IE"};

	OK(customer_create(s->st, &c));
	s->customer = c.id;
	OK(login_create(s->st, c.id, c.email, c.name, NULL, &s->login));
}

static int64_t
make_plan(struct stage *s, const char *name, const char *type, int64_t price)
{
	struct plan p = {.price = price, .tax_rate = TAX};

	snprintf(p.name, sizeof(p.name), "%s", name);
	snprintf(p.type, sizeof(p.type), "%s", type);
	OK(plan_create(s->st, &p));
	return p.id;
}

static int64_t
make_service(struct stage *s, int64_t plan, const char *what,
    const char *status, int64_t price, int64_t since)
{
	struct service sv = {
	    .plan = plan, .price = price, .tax_rate = TAX, .since = since};
	int64_t id = 0;

	strcpy(sv.type, plan == s->plan_voice ? "voice" : "internet");
	snprintf(sv.description, sizeof(sv.description), "%s", what);
	snprintf(sv.status, sizeof(sv.status), "%s", status);
	OK(service_create(s->st, s->customer, &sv, &id));
	return id;
}

int64_t
stage_issue(
    struct stage *s, int64_t day, int64_t due, int64_t net, const char *what)
{
	struct invoice_line line = {.quantity = 1000,
	    .unit_price = net,
	    .tax_category = "S",
	    .tax_rate = TAX};
	struct invoice_new in = {.customer = s->customer,
	    .issued_on = day,
	    .due_on = due,
	    .supply_from = day,
	    .supply_to = day,
	    .lines = &line,
	    .nlines = 1};
	int64_t id = 0;

	snprintf(line.description, sizeof(line.description), "%s", what);
	OK(invoice_issue(s->st, &in, &id, NULL));
	return id;
}

int64_t
stage_pay(struct stage *s, int64_t day, int64_t amount, int64_t invoice)
{
	struct payment_new in = {.customer = s->customer,
	    .kind = "payment",
	    .method = "transfer",
	    .reference = "Bank transfer",
	    .amount = amount,
	    .at = noon(day),
	    .invoice = invoice};
	int64_t id = 0;

	OK(payment_add(s->st, &in, &id));
	return id;
}

/* Twelve paid months, one of two tax rates partly paid, one unpaid, one
 * overdue. */
static void
make_invoices(struct stage *s)
{
	struct invoice_line lines[2] = {
	    {.description = "Router, sent to 1 Barn Road",
		.quantity = 1000,
		.unit_price = 8000,
		.tax_category = "S",
		.tax_rate = TAX},
	    {.description = "Handbook",
		.quantity = 2000,
		.unit_price = 500,
		.tax_category = "S",
		.tax_rate = 1000},
	};
	struct invoice_new in = {.customer = s->customer,
	    .issued_on = STAGE_TODAY - 9,
	    .due_on = STAGE_TODAY + 20,
	    .supply_from = STAGE_TODAY - 9,
	    .supply_to = STAGE_TODAY - 9,
	    .lines = lines,
	    .nlines = 2};
	int64_t id = 0;

	for (int m = MONTHS; m > 0; m--) {
		int64_t day = STAGE_TODAY - 30 * m - 15;

		id = stage_issue(
		    s, day, day + 14, 4533, "Wireless 50/10, one month");
		stage_pay(s, day + 10, 5440, id);
	}
	OK(invoice_issue(s->st, &in, &id, NULL));
	stage_pay(s, STAGE_TODAY - 2, 4000, id);
	stage_issue(s, STAGE_TODAY - 13, STAGE_TODAY - 6, 4158,
	    "Repair of the antenna");
	stage_issue(s, STAGE_TODAY - 8, STAGE_TODAY + 6, 4533,
	    "Wireless 50/10, May 2026");
}

static int64_t
make_ticket(struct stage *s, const char *subject, const char *type,
    const char *body, int64_t at)
{
	struct ticket_new in = {.customer = s->customer,
	    .subject = subject,
	    .type = type,
	    .priority = "medium",
	    .body = body,
	    .team = "Network",
	    .assigned_to = "Lena Gruber",
	    .at = at};
	int64_t id = 0;

	OK(ticket_import(s->st, &in, &id));
	return id;
}

static void
make_tickets(struct stage *s)
{
	int64_t at = noon(STAGE_TODAY), closed;

	closed = make_ticket(s, "No connection since the storm", "fault",
	    "The light at the antenna is red.", at - 100 * STAGE_DAY);
	OK(ticket_staff_reply(s->st, s->customer, closed, "Lena Gruber",
	    "Repaired.", at - 99 * STAGE_DAY));
	s->ticket = make_ticket(s, "Slow evenings", "fault",
	    "From about 19:00 the line drops to 3 Mbit/s. Mornings are "
	    "fine.",
	    at - 3 * STAGE_DAY);
	OK(ticket_staff_reply(s->st, s->customer, s->ticket, "Lena Gruber",
	    "We moved your sector to a clearer channel. Is tonight better?",
	    at - STAGE_DAY));
	make_ticket(s, "A second number", "question",
	    "What does a second number cost?", at - STAGE_DAY / 2);
	act_as_customer(s);
	OK(ticket_close(s->st, closed));
	stage_system(s);
}

static void
make_everything(struct stage *s)
{
	int64_t id;

	id = make_service(s, s->plan_net, "Wireless 50/10, Barn Road", "active",
	    4158, STAGE_TODAY - 700);
	OK(service_set_online(s->st, s->customer, id, noon(STAGE_TODAY - 2)));
	make_service(s, s->plan_voice, "Voice line 0555 0134", "active", 375,
	    STAGE_TODAY - 400);
	make_service(s, s->plan_net, "Wireless 20/5, lower barn", "paused",
	    2492, STAGE_TODAY - 300);
	make_invoices(s);
	make_tickets(s);
	OK(news_create(s->st, noon(STAGE_TODAY - 2),
	    "Mast work at North Ridge, Saturday 02:00 to 04:00",
	    "Expect two breaks of ten minutes."));
}

static int
setup(void **state, bool everything)
{
	struct stage *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	scratch_open(&s->scratch);
	s->st = s->scratch.st;
	s->scratch.clock.fixed = noon(STAGE_TODAY);
	make_tenant(s);
	make_customer(s);
	s->plan_net = make_plan(s, "Wireless 50/10", "internet", 4158);
	s->plan_voice = make_plan(s, "Voice line", "voice", 375);
	if (everything)
		make_everything(s);
	*state = s;
	return 0;
}

int
stage_setup(void **state)
{
	return setup(state, true);
}

int
stage_setup_empty(void **state)
{
	return setup(state, false);
}

static void
stage_leave(struct stage *s)
{
	if (s->open)
		ui_release(&s->ui);
	s->open = false;
}

int
stage_teardown(void **state)
{
	struct stage *s = *state;

	stage_leave(s);
	scratch_release(&s->scratch);
	free(s);
	return 0;
}

void
stage_open(struct stage *s, int rows, int cols)
{
	stage_leave(s);
	act_as_customer(s);
	memset(&s->session, 0, sizeof(s->session));
	strcpy(s->session.env.host, "ridgenet.example");
	strcpy(s->session.env.user, "portal");
	s->session.env.port = 22;
	s->session.has_blocks = true;
	memset(&s->input, 0, sizeof(s->input));
	OK(session_open(&s->session, s->st));
	OK(ui_init(&s->ui, &s->session, rows, cols));
	s->open = true;
	ui_draw(&s->ui);
}

void
stage_resize(struct stage *s, int rows, int cols)
{
	OK(ui_resize(&s->ui, rows, cols));
	ui_draw(&s->ui);
}

void
stage_keys(struct stage *s, const char *bytes)
{
	size_t left = strlen(bytes);

	while (left > 0) {
		size_t n = input_feed(&s->input, bytes, left);
		struct key key;

		assert_true(n > 0);
		bytes += n;
		left -= n;
		/* As a person types: a lone Esc is an Esc. */
		while (s->ui.state == UI_RUNNING &&
		       input_next(&s->input, left == 0, &key)) {
			ui_key(&s->ui, &key);
			ui_draw(&s->ui);
		}
	}
}

const char *
stage_dump(struct stage *s)
{
	struct buf out;

	buf_init(&out, sizeof(s->screen) - 1);
	ui_draw(&s->ui);
	canvas_dump(&s->ui.canvas, &out);
	OK(out.err);
	memcpy(s->screen, buf_str(&out), out.len + 1);
	buf_release(&out);
	return s->screen;
}

static void
squeeze(char *dst, const char *src)
{
	size_t n = 0;

	for (; *src != '\0'; src++) {
		bool blank = *src == ' ' || *src == '\n';

		if (blank && n > 0 && dst[n - 1] == ' ')
			continue;
		dst[n++] = blank ? ' ' : *src;
	}
	dst[n] = '\0';
}

const char *
stage_all(struct stage *s)
{
	static char all[16 * STAGE_SCREEN];
	char *last = malloc(STAGE_SCREEN);
	size_t n = 0;

	assert_non_null(last);
	stage_keys(s, "g");
	for (int i = 0; i < 100; i++) {
		const char *now = stage_dump(s);
		size_t len = strlen(now);

		if (i > 0 && strcmp(now, last) == 0)
			break;
		strcpy(last, now);
		assert_true(n + len + 1 < sizeof(all));
		memcpy(all + n, now, len + 1);
		n += len;
		stage_keys(s, "j");
	}
	free(last);
	squeeze(all, all);
	return all;
}

static void
judge(struct stage *s, const char *where, const char *text, bool want,
    const char *file, int line)
{
	if ((strstr(where, text) != NULL) == want)
		return;
	print_error("%s: \"%s\" on:\n%s\n", want ? "missing" : "unwanted", text,
	    stage_dump(s));
	_fail(file, line);
}

void
stage_sees(
    struct stage *s, const char *text, bool want, const char *file, int line)
{
	judge(s, stage_dump(s), text, want, file, line);
}

void
stage_has(
    struct stage *s, const char *text, bool want, const char *file, int line)
{
	judge(s, stage_all(s), text, want, file, line);
}

bool
stage_bold(struct stage *s, const char *text)
{
	const struct canvas *c = &s->ui.canvas;
	size_t len = strlen(text);

	ui_draw(&s->ui);
	for (int y = 0; y < c->rows; y++)
		for (int x = 0; x + (int)len <= c->cols; x++) {
			size_t i = 0;

			while (i < len && canvas_at(c, y, x + (int)i)->ch ==
					      (unsigned char)text[i])
				i++;
			if (i == len)
				return (canvas_at(c, y, x)->attr & ATTR_BOLD) !=
				       0;
		}
	print_error("\"%s\" is not on:\n%s\n", text, stage_dump(s));
	fail();
	return false;
}

void
stage_golden(struct stage *s, const char *name)
{
	char path[128], golden[STAGE_SCREEN];
	const char *now = stage_dump(s);
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "tests/golden/%s.txt", name);
	if (getenv("GOLDEN_UPDATE") != NULL) {
		f = fopen(path, "w");
		assert_non_null(f);
		assert_int_equal(fwrite(now, 1, strlen(now), f), strlen(now));
		assert_int_equal(fclose(f), 0);
		return;
	}
	f = fopen(path, "r");
	if (f == NULL) {
		print_error("%s is missing: GOLDEN_UPDATE=1 makes it\n", path);
		fail();
	}
	n = fread(golden, 1, sizeof(golden) - 1, f);
	fclose(f);
	golden[n] = '\0';
	if (strcmp(golden, now) != 0)
		print_error("%s differs; now it is:\n%s\n", path, now);
	assert_string_equal(now, golden);
}

static void
shoot(const struct stage_shot *shot, int rows, int cols)
{
	struct stage *s;
	char name[64];

	assert_int_equal(stage_setup((void **)&s), 0);
	if (shot->before != NULL)
		shot->before(s);
	stage_open(s, rows, cols);
	stage_keys(s, shot->keys);
	if (shot->becomes != NULL)
		shot->becomes(s);
	snprintf(name, sizeof(name), "%s_%dx%d", shot->name, cols, rows);
	stage_golden(s, name);
	stage_teardown((void **)&s);
}

void
stage_shoot(const struct stage_shot *shots, size_t n)
{
	static const struct stage_size sizes[] = {
	    {24, 80}, {15, 40}, {43, 132}};

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++)
			shoot(&shots[i], sizes[k].rows, sizes[k].cols);
}
