/*
 * Webhooks, signed by the official SDK.  mode: "send" each event at once;
 * "hold" them until control says deliver, in whatever order; "cut": they are
 * lost.  Nothing is sent again by itself.
 */
import { request } from "node:http";
import Stripe from "stripe";

const TIMEOUT_MS = 10000;

export class Hooks {
	constructor() {
		this.mode = "send";
		this.endpoint = null; /* {url, secret} */
		this.waiting = [];
		this.log = []; /* {event, type, status} */
	}
	announce(event) {
		if (this.mode === "cut" || !this.endpoint)
			return;
		if (this.mode === "hold")
			this.waiting.push(event);
		else
			this.send(event, {});
	}
	/*
	 * Gives the status that was answered, 0: nobody there.
	 * age: seconds since it was signed; tamper: the body is changed after
	 * that; secret: another one; pad: bytes of blanks more; header: this one.
	 */
	send(event, { age = 0, tamper, secret, pad = 0, header }) {
		const { url } = this.endpoint;
		const text = JSON.stringify(event, null, 2) + " ".repeat(pad);
		const signature = header ?? Stripe.webhooks.generateTestHeaderString({
			payload: text, secret: secret ?? this.endpoint.secret,
			timestamp: Math.floor(Date.now() / 1000) - age });
		const body = Buffer.from(tamper
			? text.replace(/("amount(_total)?": )\d+/g, "$11") + " " : text);
		const done = { event: event.id, type: event.type, status: null };

		this.log.push(done);
		return new Promise((answer) => {
			const end = (status) => answer(done.status = status);
			const r = request(url, { method: "POST", timeout: TIMEOUT_MS,
				agent: false, headers: {
					"Content-Type": "application/json; charset=utf-8",
					"Content-Length": body.length, Connection: "close",
					"User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
					...signature === "" ? {} : { "Stripe-Signature": signature },
				} }, (got) => {
				got.resume();
				end(got.statusCode);
			});
			r.on("timeout", () => r.destroy());
			r.on("error", () => end(0));
			r.end(body);
		});
	}
	/* order: of what waits, by number; default as it happened. */
	async deliver({ order, times = 1 }) {
		const events = order ? order.map((i) => this.waiting[i]) : this.waiting;
		const answered = [];

		this.waiting = [];
		for (const event of events)
			for (let i = 0; i < times; i++)
				answered.push(await this.send(event, {}));
		return answered;
	}
}
