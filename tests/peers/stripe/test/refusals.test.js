/* What the API would refuse is refused, in its words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { counterpart, session } from "./client.js";

const c = counterpart();
const now = () => Math.floor(Date.now() / 1000);
const PRICE = "line_items[0][price_data]";
const many = (n) => Object.fromEntries(
	[...Array(n).keys()].map((i) => [`metadata[k${i}]`, "v"]));

test("what the portal sends is taken", async () => {
	const { status, body } = await c.send("POST", "/checkout/sessions",
		session({ "expand[]": "payment_intent", expires_at: now() + 3600,
			client_reference_id: "7", cancel_url: "https://x.example/c" }));
	assert.equal(status, 200);
	assert.equal(body.amount_total, 5440);
	assert.equal(body.status, "open");
	assert.equal(body.payment_intent, null);
	assert.deepEqual(body.metadata, { portal_checkout: "7" });
});

for (const [what, changes, code, param] of [
	["an unknown parameter", { amount: 5440 }, "parameter_unknown", "amount"],
	["an unknown one below", { [PRICE + "[name]"]: "x" },
		"parameter_unknown", PRICE + "[name]"],
	["an unknown word", { mode: "pay" }, "parameter_invalid_value", "mode"],
	["a mode that is missing", { mode: null }, "parameter_missing", "mode"],
	["a quantity that is missing", { "line_items[0][quantity]": null },
		"parameter_invalid_integer", "line_items[0][quantity]"],
	["a currency that is missing", { [PRICE + "[currency]"]: null },
		"parameter_missing", PRICE + "[currency]"],
	["an upper-case currency", { [PRICE + "[currency]"]: "EUR" },
		"parameter_invalid_currency", PRICE + "[currency]"],
	["a fraction of a cent", { [PRICE + "[unit_amount]"]: "54.40" },
		"parameter_invalid_integer", PRICE + "[unit_amount]"],
	["less than the minimum", { [PRICE + "[unit_amount]"]: 49 },
		"amount_too_small", "line_items"],
	["nine digits", { [PRICE + "[unit_amount]"]: 100000000 },
		"amount_too_large", "line_items"],
	["a part of a króna", { [PRICE + "[currency]"]: "isk",
		[PRICE + "[unit_amount]"]: 15050 },
	"parameter_invalid_integer", "line_items"],
	["a dinar's last digit", { [PRICE + "[currency]"]: "kwd",
		[PRICE + "[unit_amount]"]: 15055 },
	"parameter_invalid_integer", "line_items"],
	["an empty name", { [PRICE + "[product_data][name]"]: "" },
		"parameter_invalid_empty", PRICE + "[product_data][name]"],
	["no success_url", { success_url: null }, "parameter_missing",
		"success_url"],
	["a path as URL", { success_url: "/thanks" }, "url_invalid",
		"success_url"],
	["an end too soon", { expires_at: now() + 1700 }, "parameter_invalid",
		"expires_at"],
	["an end too late", { expires_at: now() + 86500 }, "parameter_invalid",
		"expires_at"],
	["51 keys of metadata", many(50), "metadata_limit", "metadata"],
	["a key of 41 letters", { [`metadata[${"k".repeat(41)}]`]: "v" },
		"metadata_limit", "metadata"],
	["a value of 501 letters", { "metadata[k]": "v".repeat(501) },
		"metadata_limit", "metadata[k]"],
	["an intent's metadata", { "payment_intent_data[metadata][k]":
		"v".repeat(501) }, "metadata_limit",
	"payment_intent_data[metadata][k]"],
	["what is another mode's", { "setup_intent_data[description]": "x" },
		"parameter_invalid", "setup_intent_data"],
	["a wish for what cannot be expanded", { "expand[]": "amount_total" },
		"parameter_invalid", "expand"],
	["a customer that is none", { customer: "cus_nobody" },
		"resource_missing", "customer"],
])
	test(`${what} is refused`, async () => {
		const { status, body } = await c.send("POST", "/checkout/sessions",
			session(changes));
		assert.ok(status === 400 || status === 404, String(status));
		assert.equal(body.error.code, code);
		assert.equal(body.error.param, param);
	});

test("a parameter said twice or a list with a gap is refused", async () => {
	for (const more of ["&mode=payment", "&line_items[2][quantity]=1",
		"&mode[x]=1", "&=1", "&metadata[]][x]=1", "&success_url=%ff"]) {
		const { status } = await c.send("POST", "/checkout/sessions",
			session() + more);
		assert.equal(status, 400, more);
	}
});

test("another version of the API, or none, is refused", async () => {
	for (const version of ["2024-06-20", ""]) {
		const { status, body } = await c.send("POST", "/checkout/sessions",
			session(), { "Stripe-Version": version });
		assert.equal(status, 400);
		assert.match(body.error.message, /API version/);
	}
});

test("a wrong key is refused, and another account's objects", async () => {
	const { body } = await c.send("POST", "/checkout/sessions", session());
	const mine = "/checkout/sessions/" + body.id;

	assert.equal((await c.send("GET", mine, undefined,
		{ Authorization: "Bearer sk_test_other" })).status, 401);
	const { id } = await c.steer("connect");
	assert.equal((await c.send("GET", mine, undefined,
		{ "Stripe-Account": id })).status, 404);
	assert.equal((await c.send("GET", mine, undefined,
		{ "Stripe-Account": "acct_none" })).status, 403);
});

test("lists take 1 to 100, known types and known ids only", async () => {
	for (const query of ["limit=0", "limit=101", "types[]=checkout.done",
		"starting_after=evt_none", "created[after]=1", "page=2"])
		assert.equal((await c.send("GET", "/events?" + query)).status, 400,
			query);
	assert.equal((await c.send("GET", "/events?limit=100&created[gte]=1&" +
		"types[]=checkout.session.completed&types[]=payment_intent.succeeded"))
		.status, 200);
});
