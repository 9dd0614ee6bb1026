/* Money that goes back: refunds and disputes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { charge, counterpart, customer, newest } from "./client.js";

const c = counterpart();
const paid = async () => {
	const of = await customer(c);
	const { id } = await c.steer("save", { customer: of });
	return (await charge(c, of, id)).body.id;
};
const of = async (what, intent) => (await c.send("GET",
	`/${what}?limit=100&payment_intent=${intent}`)).body.data;
const chargeOf = async (intent) => (await c.send("GET",
	`/payment_intents/${intent}?expand[]=latest_charge`)).body.latest_charge;

test("a refund is a part, then the rest, and not more", async () => {
	const intent = await paid();
	const first = await c.steer("refund", { intent, amount: 1440 });

	assert.deepEqual(await newest(c, 2), ["charge.refunded", "refund.created"]);
	assert.equal((await chargeOf(intent)).refunded, false);
	const rest = await c.steer("refund", { intent });
	assert.equal(rest.amount, 4000);
	assert.equal((await chargeOf(intent)).refunded, true);
	assert.deepEqual((await of("refunds", intent)).map((r) => r.id),
		[rest.id, first.id]);
	assert.equal((await of("refunds", await paid())).length, 0);
	await assert.rejects(c.steer("refund", { intent, amount: 1 }), /greater/);
	assert.equal((await c.send("GET", "/refunds/" + first.id)).body.status,
		"succeeded");
});

test("a refund that is pending succeeds, fails or is cancelled", async () => {
	for (const [status, events, left] of [
		["succeeded", ["charge.refund.updated", "refund.updated"], 0],
		["failed", ["refund.failed", "charge.refund.updated",
			"refund.updated"], 5440],
		["canceled", ["charge.refund.updated", "refund.updated"], 5440]]) {
		const intent = await paid();
		const { id } = await c.steer("refund", { intent, status: "pending" });

		assert.equal((await of("refunds", intent))[0].status, "pending");
		await c.steer("refund_end", { refund: id, status });
		assert.deepEqual(await newest(c, events.length), events);
		assert.equal((await of("refunds", intent))[0].status, status);
		const { amount, amount_refunded } = await chargeOf(intent);
		assert.equal(amount - amount_refunded, left);
	}
});

test("a refund can fail after it succeeded, once", async () => {
	const intent = await paid();
	const { id } = await c.steer("refund", { intent });
	const end = (status) => c.steer("refund_end", { refund: id, status });

	await assert.rejects(end("canceled"), /does not go/);
	assert.equal((await end("failed")).failure_reason,
		"expired_or_canceled_card");
	await assert.rejects(end("succeeded"), /does not go/);
});

test("only what was paid can be given back", async () => {
	const who = await customer(c);
	const { id } = await c.steer("save", { customer: who, type: "sepa_debit" });
	const intent = (await charge(c, who, id)).body.id;

	await assert.rejects(c.steer("refund", { intent }), /processing/);
	await assert.rejects(c.steer("dispute", { intent }), /processing/);
});

test("a dispute is won or lost", async () => {
	for (const [status, events] of [
		["lost", ["charge.dispute.closed"]],
		["won", ["charge.dispute.funds_reinstated",
			"charge.dispute.closed"]]]) {
		const intent = await paid();
		const { id } = await c.steer("dispute", { intent });

		assert.deepEqual(await newest(c, 2), ["charge.dispute.funds_withdrawn",
			"charge.dispute.created"]);
		const [stands] = await of("disputes", intent);
		assert.equal(stands.status, "needs_response");
		assert.equal(stands.amount, 5440);
		await c.steer("dispute_end", { dispute: id, status });
		assert.deepEqual(await newest(c, events.length), events);
		assert.equal((await of("disputes", intent))[0].status, status);
		await assert.rejects(c.steer("dispute_end", { dispute: id, status }));
	}
});

test("an inquiry takes nothing", async () => {
	const intent = await paid();
	const { id } = await c.steer("dispute", { intent, inquiry: true });

	assert.deepEqual(await newest(c, 1), ["charge.dispute.created"]);
	assert.equal((await of("disputes", intent))[0].status,
		"warning_needs_response");
	await assert.rejects(c.steer("dispute_end", { dispute: id, status: "lost" }));
	await c.steer("dispute_end", { dispute: id, status: "warning_closed" });
	assert.deepEqual(await newest(c, 1), ["charge.dispute.closed"]);
});
