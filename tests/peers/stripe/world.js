/*
 * What there is: accounts with their objects, events and idempotency keys, on a
 * clock that tests move.
 */
import { randomBytes } from "node:crypto";
import { eventTypes, nullsOf } from "./shape.js";
import { missing } from "./refusal.js";

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
export const EVENT_DAYS = 30;

export const random = (n) =>
	[...randomBytes(n)].map((b) => LETTERS[b % LETTERS.length]).join("");

const NAMES = { /* object: prefix of its id, and its name in "No such …" */
	"checkout.session": ["cs_test_a1", 58, "checkout.session"],
	payment_intent: ["pi_3", 23, "payment_intent"],
	setup_intent: ["seti_1", 23, "setupintent"],
	payment_link: ["plink_1", 23, "payment_link"],
	payment_method: ["pm_1", 23, "PaymentMethod"],
	customer: ["cus_", 14, "customer"],
	mandate: ["mandate_1", 23, "mandate"],
	charge: ["ch_3", 23, "charge"],
	refund: ["re_3", 23, "refund"],
	dispute: ["du_1", 23, "dispute"],
	event: ["evt_1", 23, "event"],
};

class Account {
	constructor(world, id) {
		this.world = world;
		this.id = id;
		this.objects = new Map();
		this.events = []; /* oldest first */
		this.keys = new Map(); /* idempotency.js */
		this.ways = new Map(); /* of a method: outcome.js */
	}
	/* A new object with all that is null of its kind. */
	add(object, values) {
		const [prefix, letters] = NAMES[object];
		const made = {
			id: prefix + random(letters), object,
			...nullsOf(object),
			created: this.world.now(), livemode: false, ...values,
		};
		this.objects.set(made.id, made);
		return made;
	}
	/* param: where the id was said, unless in the path. */
	get(object, id, param) {
		const found = this.objects.get(id);

		if (found?.object !== object)
			throw missing(NAMES[object][2], id, param);
		return found;
	}
	/* Newest first. */
	all(object) {
		return [...this.objects.values()].filter((o) => o.object === object)
			.reverse();
	}
	/* Something happened: an event with what it happened to, as it is now,
	 * and what of it was otherwise. */
	happened(type, object, previous) {
		if (!eventTypes.has(type))
			throw new Error("no such event type: " + type);
		const event = this.add("event", {
			api_version: this.world.version, type, pending_webhooks: 1,
			request: { id: null, idempotency_key: null },
			data: { object: structuredClone(object),
				...previous ? { previous_attributes: previous } : {} },
			...this.connected ? { account: this.id } : {},
		});
		this.events.push(event);
		this.world.announce(this, event);
		return event;
	}
}

export class World {
	constructor(version) {
		this.version = version;
		this.offset = 0;
		this.accounts = new Map(); /* by secret key or acct_ id */
		this.announce = () => {};
	}
	now() {
		return Math.floor(Date.now() / 1000) + this.offset;
	}
	/* An account of its own with this secret key. */
	account(secret) {
		const account = new Account(this, "acct_1" + random(15));

		this.accounts.set(secret, account);
		return account;
	}
	/* One that is reached with Stripe-Account and a key of another. */
	connect() {
		const id = "acct_1" + random(15);
		const account = new Account(this, id);

		account.connected = true;
		this.accounts.set(id, account);
		return account;
	}
	/* Time goes by: what ends meanwhile ends. */
	advance(seconds) {
		this.offset += seconds;
		for (const account of this.accounts.values())
			for (const session of account.all("checkout.session"))
				if (session.status === "open" &&
				    session.expires_at <= this.now())
					expire(account, session);
	}
	/* By id or by the URL of its page. */
	session(which) {
		for (const account of this.accounts.values())
			for (const session of account.all("checkout.session"))
				if (session.id === which || session.page === which)
					return { account, session };
		throw missing("checkout.session", which);
	}
}

export function expire(account, session) {
	session.status = "expired";
	session.url = null;
	account.happened("checkout.session.expired", session);
}
