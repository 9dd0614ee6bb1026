/* Charging what is saved, with nobody there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { charge, counterpart, customer, newest } from "./client.js";

const REDIRECTS = "automatic_payment_methods[allow_redirects]";
const c = counterpart();
const someone = async (values = {}) => {
	const of = await customer(c);
	return [of, (await c.steer("save", { customer: of, ...values })).id];
};
const intent = async (id) => (await c.send("GET", `/payment_intents/${id}` +
	"?expand[]=latest_charge")).body;
const count = async () => (await c.steer("intents")).length;

test("a card pays at once", async () => {
	const [of, pm] = await someone();
	const { status, body } = await charge(c, of, pm,
		{ "metadata[portal_token]": "T" });

	assert.equal(status, 200);
	assert.equal(body.status, "succeeded");
	assert.equal(body.amount_received, 5440);
	assert.equal(body.metadata.portal_token, "T");
	assert.equal((await intent(body.id)).latest_charge.paid, true);
	assert.deepEqual(await newest(c, 2),
		["payment_intent.succeeded", "payment_intent.created"]);
	const { data } = (await c.send("GET",
		"/payment_intents?limit=100&customer=" + of)).body;
	assert.deepEqual(data.map((i) => i.id), [body.id]);
});

for (const [how, code, said, decline_code] of [
	["decline", "insufficient_funds", "card_declined", "insufficient_funds"],
	["decline", "expired_card", "expired_card", undefined],
	["authenticate", undefined, "authentication_required",
		"authentication_required"]])
	test(`a card that says ${code ?? how} is a 402`, async () => {
		const [of, pm] = await someone();

		await c.steer("behave", { method: pm, how, code });
		const { status, body: { error } } = await charge(c, of, pm);
		assert.equal(status, 402);
		assert.equal(error.type, "card_error");
		assert.equal(error.code, said);
		assert.equal(error.decline_code, decline_code);
		assert.equal(error.payment_method.id, pm);
		const { id, status: stands } = error.payment_intent;
		assert.equal(stands, "requires_payment_method");
		assert.equal((await intent(id)).last_payment_error.code, said);
		assert.equal((await intent(id)).latest_charge.status, "failed");
		assert.deepEqual(await newest(c, 1), ["payment_intent.payment_failed"]);
		await c.steer("behave", { method: pm, how: "ok" });
		assert.equal((await charge(c, of, pm)).body.status, "succeeded");
	});

test("a bank debit is under way for days", async () => {
	for (const [succeeded, stands, event] of [
		[true, "succeeded", "payment_intent.succeeded"],
		[false, "requires_payment_method", "payment_intent.payment_failed"]]) {
		const [of, pm] = await someone({ type: "sepa_debit" });
		const { status, body } = await charge(c, of, pm);

		assert.equal(status, 200);
		assert.equal(body.status, "processing");
		assert.deepEqual(await newest(c, 1), ["payment_intent.processing"]);
		await c.steer("settle", { which: body.id, succeeded,
			code: "debit_not_authorized" });
		assert.equal((await intent(body.id)).status, stands);
		assert.equal((await intent(body.id)).last_payment_error?.code,
			succeeded ? undefined : "debit_not_authorized");
		assert.deepEqual(await newest(c, 1), [event]);
		await assert.rejects(c.steer("settle", { which: body.id, succeeded }),
			/not pending/);
	}
});

for (const [what, changes, param] of [
	["another customer's", { customer: null }, "payment_method"],
	["one without a way back", { [REDIRECTS]: null }, "return_url"],
	["one with redirects", { [REDIRECTS]: "always" }, "return_url"],
	["no method", { payment_method: null }, "payment_method"],
	["no such method", { payment_method: "pm_none" }, "payment_method"],
	["no such customer", { customer: "cus_none" }, "customer"],
	["too little", { amount: 49 }, "amount"],
	["nobody there and no confirmation", { confirm: null }, "off_session"],
	["an unknown word", { off_session: "maybe" }, "off_session"],
	["an unknown parameter", { invoice: "1" }, "invoice"]])
	test(`a charge of ${what} is refused and makes no intent`, async () => {
		const [of, pm] = await someone();
		const before = await count();
		const { status, body } = await charge(c, of, pm, changes);

		assert.equal(status, 400);
		assert.equal(body.error.param, param);
		assert.equal(await count(), before);
	});

test("a bank debit is in euros", async () => {
	const [of, pm] = await someone({ type: "sepa_debit" });

	assert.equal((await charge(c, of, pm, { currency: "chf" })).status, 400);
});

test("a key charges once a day, whatever came of it", async () => {
	for (const how of ["ok", "authenticate"]) {
		const [of, pm] = await someone();
		const send = () => charge(c, of, pm, {}, { "Idempotency-Key": "k" + how });

		await c.steer("behave", { method: pm, how });
		const before = await count(), first = await send();
		await c.steer("behave", { method: pm, how: "ok" });
		const second = await send();
		assert.equal(second.status, first.status);
		assert.deepEqual(second.body, first.body);
		assert.equal(second.replayed, "true");
		assert.equal(await count(), before + 1);
		await c.steer("advance", { seconds: 86400 });
		assert.equal((await send()).status, 200);
		assert.equal(await count(), before + 2);
	}
});

test("a lost reply has charged, and the key says so", async () => {
	for (const [when, made] of [["received", 0], ["executed", 1]]) {
		const [of, pm] = await someone();
		const send = () => charge(c, of, pm, {}, { "Idempotency-Key": when });
		const before = await count();

		await c.steer("faults", { faults: [{ path: "^/payment_intents$", when,
			act: "drop" }] });
		await assert.rejects(send());
		assert.equal(await count(), before + made);
		assert.equal((await send()).body.status, "succeeded");
		assert.equal(await count(), before + 1);
	}
});

test("customers and detaching are repeated by their key", async () => {
	const key = { "Idempotency-Key": "once" };
	const make = () => c.send("POST", "/customers", "name=B", key);
	assert.equal((await make()).body.id, (await make()).body.id);
	const [, pm] = await someone();
	const detach = () => c.send("POST", `/payment_methods/${pm}/detach`,
		undefined, { "Idempotency-Key": "detach" });

	assert.equal((await detach()).status, 200);
	assert.equal((await detach()).status, 200);
	await c.steer("faults", { faults: [409, 429, 500].map((status) =>
		({ path: "^/customers$", act: "status", status })) });
	for (const status of [409, 429, 500, 200])
		assert.equal((await c.send("POST", "/customers", "name=C")).status,
			status);
});
