/* A counterpart for a test, and how the portal would speak to it. */
import { after, before } from "node:test";
import Stripe from "stripe";
import { open } from "../peer.js";

export const SECRET = "sk_test_counterpart";

/* {send, control, api}, filled in before the tests run. */
export function counterpart() {
	const c = {};

	before(async () => {
		Object.assign(c, await open(SECRET));
		c.steer = async (command, how = {}) => {
			const r = await fetch(`${c.control}/${command}`,
				{ method: "POST", body: JSON.stringify(how) });
			const given = await r.json();
			if (r.status !== 200)
				throw new Error(given.error);
			return given;
		};
	});
	after(() => c.close());
	/* Gives {status, body, replayed}. */
	c.send = async (method, path, form, headers = {}) => {
		const r = await fetch(`${c.api}/v1${path}`, { method, body: form,
			headers: { Authorization: `Bearer ${SECRET}`,
				"Stripe-Version": Stripe.API_VERSION,
				...form ? { "Content-Type":
					"application/x-www-form-urlencoded" } : {}, ...headers } });
		return { status: r.status, body: await r.json(),
			replayed: r.headers.get("idempotent-replayed") };
	};
	return c;
}

const encode = (pairs) => Object.entries(pairs).filter(([, v]) => v !== null)
	.map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join("&");

/* A Checkout Session for 54.40 EUR, with changes: null takes one away. */
export const session = (changes = {}) => encode({
	mode: "payment", success_url: "https://x.example/thanks",
	"line_items[0][quantity]": 1,
	"line_items[0][price_data][currency]": "eur",
	"line_items[0][price_data][unit_amount]": 5440,
	"line_items[0][price_data][product_data][name]": "INV-1",
	"metadata[portal_checkout]": 7,
	"payment_intent_data[metadata][portal_checkout]": 7, ...changes });

/* A new customer's id. */
export const customer = async (c) =>
	(await c.send("POST", "/customers", "name=A")).body.id;

/* Charges a saved method 54.40 EUR, nobody being there. */
export const charge = (c, of, method, changes = {}, headers = {}) =>
	c.send("POST", "/payment_intents", encode({ amount: 5440, currency: "eur",
		customer: of, payment_method: method, off_session: true, confirm: true,
		"automatic_payment_methods[enabled]": true,
		"automatic_payment_methods[allow_redirects]": "never",
		...changes }), headers);

/* Types of the newest events, newest first. */
export const types = async (c) => (await c.send("GET", "/events?limit=100"))
	.body.data.map((e) => e.type);
export const newest = async (c, n) => (await types(c)).slice(0, n);
