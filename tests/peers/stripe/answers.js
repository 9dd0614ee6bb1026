/* What an answer looks like: objects with what is expanded in them, lists. */
import * as rules from "./rules.js";
import { bad } from "./refusal.js";

const EXPANDABLE = { /* property: the object behind its id */
	payment_intent: "payment_intent", setup_intent: "setup_intent",
	customer: "customer", payment_method: "payment_method",
	latest_charge: "charge", payment_link: "payment_link",
	charge: "charge", mandate: "mandate",
};
const OURS = ["asked", "page"]; /* what only the counterpart knows */

export function expanded(account, object, paths = []) {
	const out = structuredClone(object);

	for (const name of OURS)
		delete out[name];
	for (const path of paths) {
		const [name, ...rest] = path.split(".");
		if (!Object.hasOwn(EXPANDABLE, name) || !Object.hasOwn(out, name))
			throw bad("parameter_invalid", "expand",
				`This property cannot be expanded (${path}).`);
		const of = paths.filter((p) => p.startsWith(name + "."))
			.map((p) => p.slice(name.length + 1));
		if (typeof out[name] === "string")
			out[name] = expanded(account,
				account.get(EXPANDABLE[name], out[name]),
				rest.length ? of : []);
	}
	return out;
}

export const one = (account, object, p) => expanded(account, object,
	[...p.expand ?? []].sort((a, b) => b.length - a.length));

/* A page of what is newest first. */
export function page(account, url, found, p) {
	rules.page(p);
	const limit = p.limit ?? 10;
	let rows = found;
	for (const [name, cut] of [
		["starting_after", (i) => rows.slice(i + 1)],
		["ending_before", (i) => rows.slice(Math.max(0, i - limit), i)]]) {
		if (!p[name])
			continue;
		const at = rows.findIndex((o) => o.id === p[name]);
		if (at < 0)
			throw bad("resource_missing", name, `No such object: '${p[name]}'`);
		rows = cut(at);
	}
	const expand = (p.expand ?? []).map((e) => e.replace(/^data\./, ""));
	return { object: "list", url: "/v1" + url, has_more: rows.length > limit,
		data: rows.slice(0, limit).map(
			(o) => one(account, o, { expand })) };
}

const within = (range) => (at) => typeof range !== "object" ? at === range :
	!(range.gt !== undefined && at <= range.gt) &&
	!(range.gte !== undefined && at < range.gte) &&
	!(range.lt !== undefined && at >= range.lt) &&
	!(range.lte !== undefined && at > range.lte);

/* Those that have what the parameters name. */
export const matching = (rows, p, names) => rows.filter((o) =>
	names.every((n) => p[n] === undefined || o[n] === p[n]) &&
	(p.created === undefined || within(p.created)(o.created)));

/* ---- handlers that need no more than this ---- */
export const get = (object) => ({ account, id, p }) =>
	one(account, account.get(object, id), p);
export const list = (object, names) => ({ account, p, url }) => page(account,
	url, matching(account.all(object), p, names), p);
