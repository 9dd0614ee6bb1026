/*
 * How tests steer the counterpart: POST /COMMAND with a JSON object, answered
 * with JSON.  A row per command.
 */
import { createServer } from "node:http";
import { follow, pay, settle } from "./customer.js";
import { detach, method, renew } from "./methods.js";
import { behave } from "./outcome.js";
import * as refunds from "./refunds.js";
import { expire } from "./world.js";

function commands(peer) {
	const accounts = () => [...peer.world.accounts.values()];
	const objects = (kind) => accounts().flatMap((a) => a.all(kind));
	const owner = (id) => {
		const found = accounts().find((a) => a.objects.has(id));
		if (!found)
			throw new Error("nobody has " + id);
		return found;
	};
	const act = (which, what) => {
		const { account, session } = peer.world.session(which);
		what(account, session);
		return session;
	};

	return {
		/* ---- what happened ---- */
		state: () => ({ now: peer.world.now(), requests: peer.log.length,
			held: [...peer.faults.held.keys()] }),
		/* Requests, those whose path fits. */
		log: ({ path = "" }) => peer.log.filter((r) => new RegExp(path).test(r.path)),
		/* Requests per idempotency key. */
		keys: () => peer.log.reduce((count, { key }) => key
			? { ...count, [key]: (count[key] ?? 0) + 1 } : count, {}),
		sessions: () => objects("checkout.session"),
		intents: () => objects("payment_intent"),
		customers: () => objects("customer"),
		methods: () => objects("payment_method"),
		events: () => accounts().flatMap((a) => a.events),
		deliveries: () => peer.hooks.log,

		/* ---- accounts and time ---- */
		account: ({ secret }) => ({ id: peer.world.account(secret).id }),
		connect: () => ({ id: peer.world.connect().id }),
		advance: ({ seconds }) => peer.world.advance(seconds),

		/* ---- the customer; which: a session's id or the URL of its page ---- */
		pay: ({ which, how = "ok", ...values }) =>
			act(which, (a, s) => pay(a, s, how, values)),
		/* which: also a charge's intent. */
		settle: ({ which, ...how }) => {
			const id = which.startsWith("pi_") ? which
				: peer.world.session(which).session.payment_intent;
			const intent = owner(id).get("payment_intent", id);
			settle(owner(id), intent, how);
			return intent;
		},
		expire: ({ which }) => act(which, expire),
		/* A payment link's page: gives the session. */
		follow: ({ link }) =>
			follow(owner(link), owner(link).get("payment_link", link)),

		/* ---- saved methods; values: methods.js ---- */
		save: ({ customer, ...values }) =>
			method(owner(customer), customer, values),
		/* how: outcome.js */
		behave: ({ method: id, how, code }) =>
			behave(owner(id), id, how, code),
		renew: ({ method: id, ...values }) =>
			renew(owner(id), owner(id).get("payment_method", id), values),
		/* At Stripe's own site. */
		detach: ({ method: id }) =>
			detach(owner(id), owner(id).get("payment_method", id)),

		/* ---- money that goes back: refunds.js ---- */
		refund: ({ intent, ...how }) =>
			refunds.refund(owner(intent), { intent, ...how }),
		refund_end: ({ refund: id, ...how }) => refunds.refundEnd(
			owner(id), owner(id).get("refund", id), how),
		dispute: ({ intent, ...how }) =>
			refunds.dispute(owner(intent), { intent, ...how }),
		dispute_end: ({ dispute: id, ...how }) => refunds.disputeEnd(
			owner(id), owner(id).get("dispute", id), how),

		/* ---- webhooks ---- */
		endpoint: ({ url, secret }) => { peer.hooks.endpoint = { url, secret }; },
		mode: ({ mode }) => { peer.hooks.mode = mode; },
		deliver: (how) => peer.hooks.deliver(how),
		webhook: async ({ event, ...how }) => ({ status: await peer.hooks.send(
			owner(event).get("event", event), how) }),

		/* ---- faults.js ---- */
		faults: ({ faults }) => peer.faults.set(faults),
		release: ({ n }) => peer.faults.release(n),
	};
}

async function body(incoming) {
	let text = "";

	for await (const part of incoming)
		text += part;
	return text ? JSON.parse(text) : {};
}

export function controlServer(peer) {
	const rows = commands(peer);

	return createServer(async (incoming, outgoing) => {
		const name = incoming.url.slice(1);
		let status = 200, given;

		try {
			if (!Object.hasOwn(rows, name))
				throw new Error("no such command: " + name);
			given = await rows[name](await body(incoming)) ?? {};
		} catch (error) {
			status = 400;
			given = { error: error.message };
		}
		outgoing.writeHead(status, { "Content-Type": "application/json" });
		outgoing.end(JSON.stringify(given));
	});
}
