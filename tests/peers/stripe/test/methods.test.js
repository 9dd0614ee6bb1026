/* Ways to pay that are saved, charged, made default and taken away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { charge, counterpart, customer, newest, session, types }
	from "./client.js";

const c = counterpart();
const setup = async (of, changes = {}) => (await c.send("POST",
	"/checkout/sessions", session({ mode: "setup", currency: "eur",
		customer: of, ...changes, "line_items[0][quantity]": null,
		"line_items[0][price_data][currency]": null,
		"line_items[0][price_data][unit_amount]": null,
		"line_items[0][price_data][product_data][name]": null,
		"payment_intent_data[metadata][portal_checkout]": null }))).body;
const again = async (id) => (await c.send("GET", `/checkout/sessions/${id}?` +
	"expand[]=setup_intent.payment_method")).body;
const saved = async (of, query = "") => (await c.send("GET",
	`/customers/${of}/payment_methods?limit=100${query}`)).body.data;

test("a setup page saves a card", async () => {
	const of = await customer(c);
	const { id, url, amount_total, payment_status } = await setup(of);

	assert.equal(amount_total, null);
	assert.equal(payment_status, "no_payment_required");
	assert.equal((await again(id)).setup_intent.status,
		"requires_payment_method");
	await c.steer("pay", { which: url, brand: "mastercard", last4: "4444",
		exp_month: 1, exp_year: 2031 });
	const { status, setup_intent, metadata } = await again(id);
	assert.equal(status, "complete");
	assert.equal(metadata.portal_checkout, "7");
	assert.equal(setup_intent.status, "succeeded");
	assert.equal(setup_intent.mandate, null);
	const { card, ...pm } = setup_intent.payment_method;
	assert.equal(pm.customer, of);
	assert.deepEqual([pm.type, card.brand, card.last4, card.exp_month,
		card.exp_year], ["card", "mastercard", "4444", 1, 2031]);
	assert.deepEqual(await newest(c, 3), ["checkout.session.completed",
		"setup_intent.succeeded", "payment_method.attached"]);
	assert.deepEqual((await saved(of)).map((m) => m.id), [pm.id]);
});

test("a setup page saves a bank account with its mandate", async () => {
	const of = await customer(c);
	const { id } = await setup(of);

	await c.steer("pay", { which: id, type: "sepa_debit", last4: "1234",
		country: "AT" });
	const { mandate, payment_method: pm } = (await again(id)).setup_intent;
	assert.equal(pm.type, "sepa_debit");
	assert.equal(pm.sepa_debit.last4 + pm.sepa_debit.country, "1234AT");
	const { body } = await c.send("GET", "/mandates/" + mandate);
	assert.equal(body.payment_method, pm.id);
	assert.equal(body.status, "active");
});

test("a declined card leaves the setup page open, and time ends it", async () => {
	const of = await customer(c);
	const { id } = await setup(of);

	await c.steer("pay", { which: id, how: "declined" });
	assert.deepEqual(await newest(c, 1), ["setup_intent.setup_failed"]);
	assert.equal((await again(id)).status, "open");
	assert.deepEqual(await saved(of), []);
	await c.steer("advance", { seconds: 86400 });
	assert.equal((await again(id)).status, "expired");
	await assert.rejects(c.steer("pay", { which: id }), /expired/);
});

test("methods are listed by customer and type", async () => {
	const of = await customer(c), other = await customer(c);
	await c.steer("save", { customer: of });
	const { id } = await c.steer("save", { customer: of, type: "sepa_debit" });
	const list = (query) => c.send("GET", "/payment_methods?" + query);

	assert.equal((await list("customer=" + of)).body.data.length, 2);
	assert.deepEqual((await list(`customer=${of}&type=sepa_debit`)).body.data
		.map((m) => m.id), [id]);
	assert.equal((await saved(of, "&type=card")).length, 1);
	assert.deepEqual((await list("customer=" + other)).body.data, []);
	assert.equal((await list("")).status, 400);
	assert.equal((await list("customer=cus_none")).body.error.param, "customer");
	assert.equal((await list(`customer=${of}&type=cheque`)).status, 400);
});

test("a page saves nothing unless it was asked for", async () => {
	const of = await customer(c);
	const box = "saved_payment_method_options[payment_method_save]";
	const paid = async (changes, how = {}) => {
		const { body } = await c.send("POST", "/checkout/sessions",
			session({ customer: of, ...changes }));
		await c.steer("pay", { which: body.id, ...how });
		return (await saved(of)).length;
	};

	assert.equal(await paid({}), 0);
	assert.equal(await paid({}, { save: true }), 0);
	assert.equal(await paid({ [box]: "enabled" }), 0);
	assert.equal(await paid({ [box]: "enabled" }, { save: true }), 1);
	assert.equal(await paid({ "payment_intent_data[setup_future_usage]":
		"off_session" }), 2);
	assert.ok((await types(c)).includes("payment_method.attached"));
});

test("a default is one of the customer's own", async () => {
	const of = await customer(c), other = await customer(c);
	const mine = await c.steer("save", { customer: of });
	const theirs = await c.steer("save", { customer: other });
	const choose = (pm) => c.send("POST", "/customers/" + of,
		"invoice_settings[default_payment_method]=" + pm);

	assert.equal((await choose(theirs.id)).status, 400);
	assert.equal((await choose("pm_none")).status, 400);
	assert.equal((await choose(mine.id)).body.invoice_settings
		.default_payment_method, mine.id);
	assert.equal((await c.send("GET", "/customers/" + of)).body.name, "A");
});

test("a detached method is gone for good", async () => {
	const of = await customer(c);
	const { id } = await c.steer("save", { customer: of });
	const detach = () => c.send("POST", `/payment_methods/${id}/detach`);

	await c.send("POST", "/customers/" + of,
		"invoice_settings[default_payment_method]=" + id);
	assert.equal((await detach()).body.customer, null);
	const [{ type, data }] = (await c.send("GET", "/events")).body.data;
	assert.equal(type, "payment_method.detached");
	assert.deepEqual(data.previous_attributes, { customer: of });
	assert.equal((await detach()).status, 400);
	assert.deepEqual(await saved(of), []);
	assert.equal((await c.send("GET", "/customers/" + of)).body.invoice_settings
		.default_payment_method, null);
	const { status, body } = await charge(c, of, id);
	assert.equal(status, 400);
	assert.match(body.error.message, /may not be used again/);
});

test("a card is renewed, or changed with its metadata", async () => {
	const of = await customer(c);
	const { id } = await c.steer("save", { customer: of });

	await c.steer("renew", { method: id, exp_year: 2040, last4: "0001" });
	assert.deepEqual(await newest(c, 1),
		["payment_method.automatically_updated"]);
	const { body } = await c.send("POST", "/payment_methods/" + id,
		"metadata[k]=v&card[exp_month]=3");
	assert.deepEqual([body.card.last4, body.card.exp_month, body.card.exp_year,
		body.metadata.k], ["0001", 3, 2040, "v"]);
	await c.steer("detach", { method: id });
	assert.equal((await c.send("POST", "/payment_methods/" + id,
		"metadata[k]=v")).status, 400);
});
