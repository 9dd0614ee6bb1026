/* What happens to sessions, keys and webhooks over time. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";
import Stripe from "stripe";
import { counterpart, session } from "./client.js";

const c = counterpart();
const open = async (changes) =>
	(await c.send("POST", "/checkout/sessions", session(changes))).body;
const again = async (id) => (await c.send("GET",
	`/checkout/sessions/${id}?expand[]=payment_intent.latest_charge`)).body;
const types = async () => (await c.send("GET", "/events?limit=100"))
	.body.data.map((e) => e.type);

test("a card pays a session once", async () => {
	const { id, url } = await open();

	await c.steer("pay", { which: url });
	const paid = await again(id);
	assert.equal(paid.status, "complete");
	assert.equal(paid.payment_status, "paid");
	assert.equal(paid.url, null);
	assert.equal(paid.payment_intent.status, "succeeded");
	assert.equal(paid.payment_intent.amount_received, 5440);
	assert.equal(paid.payment_intent.metadata.portal_checkout, "7");
	assert.equal(paid.payment_intent.latest_charge.paid, true);
	assert.deepEqual((await types()).slice(0, 2),
		["checkout.session.completed", "payment_intent.succeeded"]);
	await assert.rejects(c.steer("pay", { which: id }), /complete/);
});

test("a declined card leaves the page open", async () => {
	const { id } = await open();

	await c.steer("pay", { which: id, how: "declined" });
	assert.equal((await again(id)).status, "open");
	await c.steer("pay", { which: id });
	assert.equal((await again(id)).payment_status, "paid");
});

test("a bank debit is complete and unpaid until it is settled", async () => {
	for (const [succeeded, status] of [[true, "paid"], [false, "unpaid"]]) {
		const { id } = await open();

		await c.steer("pay", { which: id, how: "pending" });
		assert.equal((await again(id)).payment_status, "unpaid");
		assert.equal((await again(id)).payment_intent.status, "processing");
		await c.steer("settle", { which: id, succeeded });
		assert.equal((await again(id)).payment_status, status);
	}
});

test("only an open session expires, and by itself in time", async () => {
	const first = await open(), second = await open(), third = await open();

	assert.equal((await c.send("POST",
		`/checkout/sessions/${first.id}/expire`)).body.status, "expired");
	await c.steer("pay", { which: second.id });
	for (const { id } of [first, second])
		assert.equal((await c.send("POST",
			`/checkout/sessions/${id}/expire`)).status, 400);
	await c.steer("advance", { seconds: 86400 });
	assert.equal((await again(third.id)).status, "expired");
	await assert.rejects(c.steer("pay", { which: third.id }), /expired/);
});

test("a key gives the same answer for a day", async () => {
	const key = { "Idempotency-Key": "a-key" };
	const post = (changes) => c.send("POST", "/checkout/sessions",
		session(changes), key);
	const first = await post(), second = await post();

	assert.equal(second.body.id, first.body.id);
	assert.equal(second.replayed, "true");
	const other = await post({ "metadata[portal_checkout]": 8 });
	assert.equal(other.status, 400);
	assert.equal(other.body.error.type, "idempotency_error");
	await c.steer("advance", { seconds: 86400 });
	assert.notEqual((await post()).body.id, first.body.id);
	assert.equal((await c.steer("keys"))["a-key"], 4);
});

test("a refused parameter does not use up its key", async () => {
	const key = { "Idempotency-Key": "wrong-once" };

	assert.equal((await c.send("POST", "/checkout/sessions",
		session({ mode: "pay" }), key)).status, 400);
	assert.equal((await c.send("POST", "/checkout/sessions",
		session({ "line_items[0][price_data][unit_amount]": 1 }), key)).status, 400);
	assert.equal((await c.send("POST", "/checkout/sessions", session(), key))
		.status, 200);
});

const fault = (...faults) => c.steer("faults", { faults });

test("a 500 that is kept comes again, one that is not does not", async () => {
	for (const [saved, status] of [[true, 500], [false, 200]]) {
		const key = { "Idempotency-Key": "broken" + saved };

		await fault({ act: "status", status: 500, saved });
		assert.equal((await c.send("POST", "/checkout/sessions", session(),
			key)).status, 500);
		assert.equal((await c.send("POST", "/checkout/sessions", session(),
			key)).status, status);
	}
});

test("a lost reply was carried out, a lost request was not", async () => {
	const post = (key) => c.send("POST", "/checkout/sessions", session(),
		{ "Idempotency-Key": key });
	const count = async () => (await c.steer("sessions")).length;

	for (const [when, made] of [["executed", 1], ["received", 0]]) {
		const before = await count();
		await fault({ when, act: "drop" });
		await assert.rejects(post("lost-" + when));
		assert.equal(await count(), before + made);
		assert.equal((await post("lost-" + when)).status, 200);
		assert.equal(await count(), before + 1);
	}
});

test("a key that is in use is a conflict", async () => {
	const post = () => c.send("POST", "/checkout/sessions", session(),
		{ "Idempotency-Key": "in-use" });

	await fault({ when: "executed", act: "hold" });
	const first = post();
	while (!(await c.steer("state")).held.length);
	assert.equal((await post()).status, 200); /* carried out: the answer */
	await c.steer("release");
	await first;
	await fault({ when: "received", act: "hold" });
	const held = c.send("POST", "/checkout/sessions", session(),
		{ "Idempotency-Key": "in-use-2" });
	while (!(await c.steer("state")).held.length);
	const conflict = await c.send("POST", "/checkout/sessions", session(),
		{ "Idempotency-Key": "in-use-2" });
	assert.equal(conflict.status, 409);
	await c.steer("release");
	assert.equal((await held).status, 200);
});

test("429 says when to come again, and carries nothing out", async () => {
	const before = (await c.steer("sessions")).length;

	await fault({ act: "status", status: 429, headers: { "Retry-After": "2" } });
	assert.equal((await c.send("POST", "/checkout/sessions", session())).status,
		429);
	assert.equal((await c.steer("sessions")).length, before);
});

test("events are listed newest first, in pages", async () => {
	const first = (await c.send("GET", "/events?limit=3")).body;
	const next = (await c.send("GET", "/events?limit=3&starting_after=" +
		first.data[2].id)).body;

	assert.equal(first.has_more, true);
	assert.equal(new Set([...first.data, ...next.data].map((e) => e.id)).size, 6);
	assert.ok(first.data[0].created >= next.data[0].created);
});

test("a payment link's sessions are found by it", async () => {
	const link = (await c.send("POST", "/payment_links", session({ mode: null,
		success_url: null, "restrictions[completed_sessions][limit]": 1 }))).body;

	assert.equal(link.active, true);
	const { id } = await c.steer("follow", { link: link.id });
	await c.steer("pay", { which: id });
	const { data } = (await c.send("GET",
		`/checkout/sessions?payment_link=${link.id}&limit=10`)).body;
	assert.deepEqual(data.map((s) => [s.id, s.payment_status]), [[id, "paid"]]);
	await assert.rejects(c.steer("follow", { link: link.id }), /active/);
});

/* Takes webhooks: [{header, body}]. */
async function sink() {
	const got = [];
	const server = createServer(async (r, out) => {
		let body = "";
		for await (const part of r)
			body += part;
		got.push({ header: r.headers["stripe-signature"], body });
		out.end();
	}).listen(0, "127.0.0.1");

	await once(server, "listening");
	await c.steer("endpoint", { secret: "whsec_x",
		url: `http://127.0.0.1:${server.address().port}/` });
	return { got, close: () => server.close() };
}
const valid = ({ header, body }) => {
	try {
		return Stripe.webhooks.constructEvent(body, header, "whsec_x").type;
	} catch {
		return null;
	}
};

test("webhooks are signed, late, doubled and out of order", async () => {
	const { got, close } = await sink();

	await c.steer("mode", { mode: "hold" });
	await c.steer("pay", { which: (await open()).id });
	assert.equal(got.length, 0);
	const events = (await c.steer("events")).slice(-3).map((e) => e.type);
	assert.deepEqual(await c.steer("deliver", { order: [2, 0, 1], times: 2 }),
		Array(6).fill(200));
	assert.deepEqual(got.map(valid), [2, 2, 0, 0, 1, 1]
		.map((i) => events[i]));
	close();
});

test("stale, tampered and forged webhooks do not verify", async () => {
	const { got, close } = await sink();
	const event = (await c.steer("events")).at(-1).id;

	for (const how of [{ age: 301 }, { tamper: true }, { secret: "whsec_y" },
		{ header: "" }, { header: "t=1,v1=00" }, {}])
		await c.steer("webhook", { event, ...how });
	assert.deepEqual(got.map((g) => valid(g) !== null),
		[false, false, false, false, false, true]);
	close();
});
