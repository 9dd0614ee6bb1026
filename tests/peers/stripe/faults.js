/*
 * What goes wrong with a request, when a test says so.  A fault is
 *	{method, path, skip, times, when, act, ...}
 * path is a regular expression on the path below /v1; the first "skip"
 * requests that fit go by, then it happens "times" times (1).  when is
 *	received	well formed, its idempotency key taken, not carried out
 *	executed	carried out and kept, not answered
 *	answered	the answer has gone to the system
 * act is
 *	hold		until control says release
 *	drop		the connection; received: it is not carried out
 *	delay		ms
 *	kill		SIGKILL for pid, then it goes on
 *	status		an error of that status; with "saved" it is kept as the
 *			answer of its key, else executed or not it is not
 */
import { Refusal } from "./refusal.js";

const ERRORS = {
	400: { code: "parameter_invalid", message: "Something is wrong with it." },
	409: { code: "lock_timeout", message: "This object cannot be accessed " +
		"right now because another API request is accessing it." },
	429: { code: "rate_limit", message: "Too many requests." },
	500: { type: "api_error", message: "An unknown error occurred." },
	503: { type: "api_error", message: "Stripe is unavailable." },
};

export class Dropped extends Error {}

export class Faults {
	constructor() {
		this.rows = [];
		this.held = new Map(); /* number of the request: go on */
	}
	set(rows) {
		this.rows = rows.map((r) => ({ when: "received", skip: 0, times: 1,
			...r, path: new RegExp(r.path ?? "") }));
	}
	find(when, request) {
		return this.rows.find((r) => r.when === when && r.times > 0 &&
			(r.method ?? request.method) === request.method &&
			r.path.test(request.path) && r.skip-- <= 0);
	}
	/* Throws what the request becomes: a Refusal, or Dropped. */
	async at(when, request) {
		const row = this.find(when, request);

		if (!row)
			return;
		row.times--;
		request.faults.push(`${when}: ${row.act}`);
		await this[row.act](row, request);
	}
	hold(row, request) {
		return new Promise((go) => this.held.set(request.n, go));
	}
	release(n) {
		for (const [number, go] of this.held)
			if (n === undefined || n === number) {
				this.held.delete(number);
				go();
			}
	}
	drop() {
		throw new Dropped();
	}
	delay(row) {
		return new Promise((go) => setTimeout(go, row.ms));
	}
	kill(row) {
		process.kill(row.pid, "SIGKILL");
	}
	status(row) {
		const refusal = new Refusal(row.status, ERRORS[row.status],
			row.headers);

		refusal.saved = row.saved;
		throw refusal;
	}
}
