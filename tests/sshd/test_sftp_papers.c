/*
 * The portal's own files over a real store: two customers of one tenant, each
 * with papers, and what each of them sees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "data/customer.h"
#include "data/invoice.h"
#include "data/paper.h"
#include "data/payment.h"
#include "data/tenant.h"
#include "sshd/files/tree.h"
#include "tests/data/scratch.h"

#define T(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

enum { BIG = 3 * VFS_CHUNK + 17, PAPER_SIZE = 5000 };

/* Made once for all tests, which only read it. */
static struct {
	struct scratch scratch;
	struct store *st;
	int64_t tenant, customers[2];
	char invoice[2][33]; /* each customer's first */
	char receipt[33];    /* the first customer's */
	int64_t receipt_ref;
} world;

static unsigned char
paper_byte(int64_t customer, size_t i)
{
	return (unsigned char)((size_t)customer * 7 + i + i / 253);
}

static enum err
keep(int64_t customer, enum paper_kind kind, int64_t ref, size_t n)
{
	struct identity id = {
	    .tenant = world.tenant, .customer = customer, .role = ROLE_RENDER};
	struct identity before = *store_identity(world.st);
	unsigned char *p = malloc(n);
	enum err err;

	if (p == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < n; i++)
		p[i] = paper_byte(customer, i);
	store_become(world.st, &id);
	err = paper_keep(world.st, kind, ref, p, n);
	store_become(world.st, &before);
	free(p);
	return err;
}

static enum err
make_invoice(int64_t customer, int64_t day, char number[33], size_t size)
{
	struct invoice_line line = {.description = "Fibre 100",
	    .quantity = 1000,
	    .unit_price = 4000,
	    .tax_category = "S",
	    .tax_rate = 2000};
	struct invoice_new in = {.customer = customer,
	    .issued_on = day,
	    .due_on = day + 14,
	    .supply_from = day,
	    .supply_to = day + 29,
	    .lines = &line,
	    .nlines = 1};
	int64_t id;
	enum err err = invoice_issue(world.st, &in, &id, number);

	return err != ERR_NONE ? err : keep(customer, PAPER_INVOICE, id, size);
}

static enum err
make_customer(size_t i)
{
	struct customer c = {.country = "AT", .state = "active"};
	char number[33];
	enum err err;

	snprintf(c.name, sizeof(c.name), "Zo\xc3\xab Customer %zu", i);
	snprintf(c.email, sizeof(c.email), "c%zu@example.net", i);
	if ((err = customer_create(world.st, &c)))
		return err;
	world.customers[i] = c.id;
	if ((err = make_invoice(c.id, 20500, world.invoice[i], PAPER_SIZE)))
		return err;
	return make_invoice(c.id, 20530, number, BIG);
}

static enum err
make_payment(void)
{
	struct payment_new in = {.customer = world.customers[0],
	    .kind = "payment",
	    .method = "transfer",
	    .reference = "X",
	    .amount = 4800,
	    .at = 1780000000};
	struct payment payment;
	enum err err;

	if ((err = payment_add(world.st, &in, &world.receipt_ref)))
		return err;
	struct identity id = {.tenant = world.tenant,
	    .customer = in.customer,
	    .role = ROLE_CUSTOMER};
	struct identity before = *store_identity(world.st);
	store_become(world.st, &id);
	err = payment_get(world.st, world.receipt_ref, NULL, &payment);
	store_become(world.st, &before);
	if (err != ERR_NONE)
		return err;
	memcpy(world.receipt, payment.receipt, sizeof(world.receipt));
	payment_release(&payment);
	return keep(in.customer, PAPER_RECEIPT, world.receipt_ref, PAPER_SIZE);
}

static enum err
make_world(void)
{
	struct tenant t = {.name = "portal",
	    .brand = "Ridgenet",
	    .legal_name = "Ridgenet GmbH",
	    .address = "Ring 1\n1010 Wien",
	    .country = "AT",
	    .email = "help@ridgenet.example",
	    .phone = "+43 1 234",
	    .currency = "EUR",
	    .zone = "Europe/Vienna",
	    .locale = "en"};
	struct identity id = {.role = ROLE_SYSTEM};
	enum err err;

	if ((err = tenant_create(world.st, &t)))
		return err;
	world.tenant = id.tenant = t.id;
	store_become(world.st, &id);
	if ((err = make_customer(0)) || (err = make_customer(1)))
		return err;
	return make_payment();
}

static int
world_setup(void **state)
{
	enum err err;

	(void)state;
	scratch_open(&world.scratch);
	world.st = world.scratch.st;
	if ((err = make_world()) != ERR_NONE) {
		print_error("the store: %s\n", err_name(err));
		return -1;
	}
	return 0;
}

static int
world_teardown(void **state)
{
	(void)state;
	scratch_release(&world.scratch);
	return 0;
}

static const struct session_env env = {
    .host = "isp.example", .port = 2222, .user = "portal", .zone = "UTC"};

struct view {
	struct tree tree;
	struct vfs vfs;
};

static void
view_open(struct view *v, const struct identity *id)
{
	store_become(world.st, id);
	tree_init(&v->tree, world.st, &env);
	v->vfs = tree_vfs(&v->tree);
}

/* *state is what the first customer sees. */
static int
tree_setup(void **state)
{
	static struct view view;
	struct identity id = {.tenant = world.tenant,
	    .customer = world.customers[0],
	    .role = ROLE_CUSTOMER};

	view_open(&view, &id);
	*state = &view;
	return 0;
}

static int
tree_teardown(void **state)
{
	struct view *v = *state;

	tree_release(&v->tree);
	return 0;
}

static enum err
look(const struct view *v, const char *path, struct vfs_node *out)
{
	return v->vfs.ops->stat(v->vfs.arg, path, out);
}

static size_t
list(const struct view *v, const char *path, struct vfs_node **out)
{
	size_t n = 0;

	assert_int_equal(v->vfs.ops->list(v->vfs.arg, path, out, &n), ERR_NONE);
	return n;
}

static void
read_all(const struct view *v, const char *path, struct buf *out)
{
	struct vfs_node node;
	struct vfs_file file;

	assert_int_equal(look(v, path, &node), ERR_NONE);
	buf_init(out, 1 << 20);
	vfs_file_init(&file, &node);
	assert_int_equal(
	    vfs_file_read(&file, &v->vfs, 0, 1 << 20, out), ERR_NONE);
	assert_int_equal(out->len, node.size);
	vfs_file_release(&file);
}

static void
pdf_path(char path[VFS_PATH], const char *dir, const char *number)
{
	snprintf(path, VFS_PATH, "/%s/%s.pdf", dir, number);
}

static void
root_has_a_readme_and_directories(void **state)
{
	static const char *const names[] = {
	    "README.txt", "invoices", "proformas", "credit-notes", "receipts"};
	struct vfs_node *nodes, again;
	char path[VFS_PATH];
	size_t n = list(*state, "/", &nodes);

	assert_int_equal(n, 5);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(nodes[i].name, names[i]);
		assert_int_equal(vfs_join(path, "/", names[i]), ERR_NONE);
		assert_int_equal(look(*state, path, &again), ERR_NONE);
		assert_int_equal(again.dir, i > 0);
		assert_int_equal(again.size, nodes[i].size);
		assert_int_equal(again.mtime, nodes[i].mtime);
	}
	free(nodes);
}

static void
directory_lists_papers_as_stat_sees_them(void **state)
{
	struct vfs_node *nodes, again, dir;
	char path[VFS_PATH];
	int64_t newest = 0;
	size_t n = list(*state, "/invoices", &nodes);

	assert_int_equal(n, 2);
	assert_int_equal(nodes[0].size, PAPER_SIZE);
	assert_int_equal(nodes[1].size, BIG);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(
		    vfs_join(path, "/invoices", nodes[i].name), ERR_NONE);
		assert_int_equal(look(*state, path, &again), ERR_NONE);
		assert_string_equal(again.name, nodes[i].name);
		assert_int_equal(again.size, nodes[i].size);
		assert_int_equal(again.mtime, nodes[i].mtime);
		assert_int_equal(again.id, nodes[i].id);
		assert_true(again.mtime > 0);
		newest = newest > again.mtime ? newest : again.mtime;
	}
	assert_int_equal(look(*state, "/invoices", &dir), ERR_NONE);
	assert_int_equal(dir.mtime, newest);
	free(nodes);
}

static void
bytes_are_those_that_were_kept(void **state)
{
	struct vfs_node *nodes;
	char path[VFS_PATH];
	struct buf got;
	size_t n = list(*state, "/invoices", &nodes);

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(
		    vfs_join(path, "/invoices", nodes[i].name), ERR_NONE);
		read_all(*state, path, &got);
		for (size_t k = 0; k < got.len; k++)
			assert_int_equal(
			    got.data[k], paper_byte(world.customers[0], k));
		buf_release(&got);
	}
	free(nodes);
}

static void
receipts_stand_in_their_own_directory(void **state)
{
	struct vfs_node node;
	char path[VFS_PATH];

	pdf_path(path, "receipts", world.receipt);
	assert_int_equal(look(*state, path, &node), ERR_NONE);
	assert_int_equal(node.size, PAPER_SIZE);
	assert_int_equal(node.mtime, 1780000000);
	pdf_path(path, "invoices", world.receipt);
	assert_int_equal(look(*state, path, &node), ERR_NOT_FOUND);
	pdf_path(path, "receipts", world.invoice[0]);
	assert_int_equal(look(*state, path, &node), ERR_NOT_FOUND);
}

static void
other_customers_papers_are_not_there(void **state)
{
	struct vfs_node *nodes, node;
	char path[VFS_PATH];
	size_t n = list(*state, "/invoices", &nodes);

	for (size_t i = 0; i < n; i++)
		assert_null(strstr(nodes[i].name, world.invoice[1]));
	free(nodes);
	pdf_path(path, "invoices", world.invoice[1]);
	assert_int_equal(look(*state, path, &node), ERR_NOT_FOUND);
	pdf_path(path, "invoices", "INV-0000-000000");
	assert_int_equal(look(*state, path, &node), ERR_NOT_FOUND);
}

/* As a taken-over session might ask. */
static void
other_customers_bytes_are_not_given(void **state)
{
	struct view *v = *state, other;
	struct identity mine = *store_identity(world.st), id = mine;
	struct vfs_node node;
	char path[VFS_PATH];
	struct buf out;

	buf_init(&out, VFS_CHUNK);
	id.customer = world.customers[1];
	view_open(&other, &id);
	pdf_path(path, "invoices", world.invoice[1]);
	assert_int_equal(look(&other, path, &node), ERR_NONE);
	tree_release(&other.tree);
	store_become(world.st, &mine);
	assert_int_not_equal(
	    v->vfs.ops->read(v->vfs.arg, &node, 0, &out), ERR_NONE);
	assert_int_equal(out.len, 0);
	buf_release(&out);
}

static void
near_misses_are_not_found(void **state)
{
	static const char *const formats[] = {"/invoices/%s", "/%s.pdf",
	    "/invoices/%s.PDF", "/invoices/%s.pdf/x", "/invoices/x/%s.pdf",
	    "/invoices/%s .pdf", "/Invoices/%s.pdf", "/invoices%s.pdf",
	    "/README.txt/%s", "/invoices/%s.pdf.pdf"};
	struct vfs_node node, *nodes;
	char path[VFS_PATH];
	size_t n;

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		snprintf(path, sizeof(path), formats[i], world.invoice[0]);
		assert_int_equal(look(*state, path, &node), ERR_NOT_FOUND);
	}
	assert_int_equal(look(*state, "/invoices/.pdf", &node), ERR_NOT_FOUND);
	assert_int_equal(((struct view *)*state)
			     ->vfs.ops->list(((struct view *)*state)->vfs.arg,
				 "/README.txt", &nodes, &n),
	    ERR_NOT_FOUND);
}

static void
readme_has_this_customers_own_lines(void **state)
{
	static const char *const wanted[] = {"Ridgenet",
	    "Zo\xc3\xab Customer 0", "scp -P 2222 portal@isp.example:invoices/",
	    "scp -r -P 2222 portal@isp.example:invoices .",
	    "sftp -P 2222 portal@isp.example\n", "help@ridgenet.example",
	    "+43 1 234", "invoices/NUMBER.pdf", "receipts/NUMBER.pdf"};
	struct buf got;

	read_all(*state, "/README.txt", &got);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (strstr(buf_str(&got), wanted[i]) == NULL)
			fail_msg("README.txt lacks \"%s\":\n%s", wanted[i],
			    buf_str(&got));
	buf_release(&got);
}

static void
readme_names_an_invoice_that_can_be_fetched(void **state)
{
	static const char before[] = "portal@isp.example:";
	char path[VFS_PATH];
	struct vfs_node node;
	const char *at;
	struct buf got;

	read_all(*state, "/README.txt", &got);
	at = strstr(buf_str(&got), before);
	assert_non_null(at);
	at += strlen(before);
	assert_int_equal(vfs_path(path, at, strcspn(at, " ")), ERR_NONE);
	assert_int_equal(look(*state, path, &node), ERR_NONE);
	assert_int_equal(node.size, BIG);
	buf_release(&got);
}

static void
readme_is_clean_text_of_72_columns(void **state)
{
	struct buf got;
	char *line, *rest;

	read_all(*state, "/README.txt", &got);
	(void)buf_str(&got);
	rest = (char *)got.data;
	assert_int_equal(got.data[got.len - 1], '\n');
	while ((line = strsep(&rest, "\n")) != NULL) {
		assert_true(text_is_clean(line, TEXT_LINE));
		if (text_width(line) > 72)
			fail_msg("too wide: %s", line);
	}
	buf_release(&got);
}

static void
staff_see_a_readme_and_empty_directories(void **state)
{
	struct identity mine = *store_identity(world.st);
	struct identity id = {.tenant = world.tenant, .role = ROLE_STAFF};
	struct vfs_node *nodes, node;
	struct view staff;
	char path[VFS_PATH];

	(void)state;
	view_open(&staff, &id);
	assert_int_equal(list(&staff, "/", &nodes), 5);
	for (size_t i = 1; i < 5; i++) {
		struct vfs_node *papers;

		assert_int_equal(vfs_join(path, "/", nodes[i].name), ERR_NONE);
		assert_int_equal(list(&staff, path, &papers), 0);
		free(papers);
	}
	free(nodes);
	assert_int_equal(look(&staff, "/README.txt", &node), ERR_NONE);
	assert_true(node.size > 0);
	pdf_path(path, "invoices", world.invoice[0]);
	assert_int_equal(look(&staff, path, &node), ERR_NOT_FOUND);
	tree_release(&staff.tree);
	store_become(world.st, &mine);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(root_has_a_readme_and_directories),
	    T(directory_lists_papers_as_stat_sees_them),
	    T(bytes_are_those_that_were_kept),
	    T(receipts_stand_in_their_own_directory),
	    T(other_customers_papers_are_not_there),
	    T(other_customers_bytes_are_not_given),
	    T(near_misses_are_not_found),
	    T(readme_has_this_customers_own_lines),
	    T(readme_names_an_invoice_that_can_be_fetched),
	    T(readme_is_clean_text_of_72_columns),
	    T(staff_see_a_readme_and_empty_directories),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
