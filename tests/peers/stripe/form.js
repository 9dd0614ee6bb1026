/*
 * application/x-www-form-urlencoded with a[b]=, a[0][b]= and a[]= into objects,
 * lists and strings.  What is no such thing, or is said twice, is refused.
 */
import { Refusal } from "./refusal.js";

const unclear = (what) =>
	new Refusal(400, { message: `Invalid request body: ${what}` });

function decode(text) {
	if (/[^\x21-\x7e]/.test(text))
		throw unclear("a byte that is not encoded");
	try {
		return decodeURIComponent(text.replaceAll("+", " "));
	} catch {
		throw unclear("not UTF-8: " + text);
	}
}

/* "a[b][0]" -> ["a", "b", "0"] */
function path(name) {
	if (!/^[^[\]]+(\[[^[\]]*\])*$/.test(name))
		throw unclear("a name that is none: " + name);
	return name.replaceAll("]", "").split("[");
}

function put(into, steps, value, name) {
	const [step, ...rest] = steps;
	const key = step === "" ? String(into.size) : step;

	if (step === "" && rest.length)
		throw unclear("[] only at the end: " + name);
	if (!rest.length) {
		if (into.has(key))
			throw unclear("said twice: " + name);
		into.set(key, value);
		return;
	}
	if (!into.has(key))
		into.set(key, new Map());
	if (!(into.get(key) instanceof Map))
		throw unclear("said twice: " + name);
	put(into.get(key), rest, value, name);
}

/* Keys 0, 1, 2 … without a gap are a list; [] gives them. */
function plain(node) {
	if (!(node instanceof Map))
		return node;
	const keys = [...node.keys()];
	if (keys.every((k) => /^(0|[1-9]\d*)$/.test(k))) {
		if (!keys.every((k) => Number(k) < keys.length))
			throw unclear("a list with a gap");
		return keys.sort((a, b) => a - b).map((k) => plain(node.get(k)));
	}
	return Object.fromEntries(keys.map((k) => [k, plain(node.get(k))]));
}

export function parse(text) {
	const root = new Map();

	for (const pair of text.split("&").filter((p) => p !== "")) {
		const at = pair.indexOf("=");
		if (at < 1)
			throw unclear("no name and value: " + pair);
		const name = decode(pair.slice(0, at));
		put(root, path(name), decode(pair.slice(at + 1)), name);
	}
	return Object.fromEntries([...root].map(([k, v]) => [k, plain(v)]));
}
