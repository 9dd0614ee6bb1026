/*
 * Holds a parsed request against its closed shape (shapes.js) and gives it with
 * numbers and booleans as such.  An unknown parameter, an unknown word, a
 * missing or an empty one is refused as the API does.
 */
import { readFileSync } from "node:fs";
import { bad } from "./refusal.js";

const shapes = JSON.parse(readFileSync(
	new URL("node_modules/.shapes.json", import.meta.url)));

export const routes = Object.keys(shapes.requests);
export const eventTypes = new Set(shapes.events);
export const nullsOf = (object) =>
	Object.fromEntries(shapes.answers[object].map((name) => [name, null]));

const isObject = (v) => typeof v === "object" && !Array.isArray(v);

const checks = {
	string(value, at) {
		if (typeof value !== "string")
			throw bad("parameter_invalid_string", at, `Invalid string: ${at}`);
		if (value === "")
			throw bad("parameter_invalid_empty", at,
				`You passed an empty string for '${at}'.`);
		return value;
	},
	/* All the numbers that we send are whole. */
	number(value, at) {
		if (typeof value !== "string" || !/^-?\d{1,15}$/.test(value))
			throw bad("parameter_invalid_integer", at,
				`Invalid integer: ${value}`);
		return Number(value);
	},
	boolean(value, at) {
		if (value !== "true" && value !== "false")
			throw bad("parameter_invalid_boolean", at,
				`Invalid boolean: ${value}`);
		return value === "true";
	},
	words(value, at, { words }) {
		if (!words.includes(value))
			throw bad("parameter_invalid_value", at,
				`Invalid ${at}: must be one of ${words.join(", ")}`);
		return value;
	},
	list(value, at, { list }) {
		if (!Array.isArray(value))
			throw bad("parameter_invalid_array", at, "Invalid array");
		return value.map((v, i) => check(v, `${at}[${i}]`, list));
	},
	map(value, at, { map }) {
		if (!isObject(value))
			throw bad("parameter_invalid_hash", at, "Invalid hash");
		return Object.fromEntries(Object.entries(value).map(
			([k, v]) => [k, check(v, `${at}[${k}]`, map)]));
	},
	fields(value, at, { fields, required }) {
		const within = (name) => at ? `${at}[${name}]` : name;
		const out = {};

		if (!isObject(value))
			throw bad("parameter_invalid_hash", at, "Invalid hash");
		for (const [name, v] of Object.entries(value)) {
			if (!Object.hasOwn(fields, name))
				throw bad("parameter_unknown", within(name),
					`Received unknown parameter: ${within(name)}`);
			out[name] = check(v, within(name), fields[name]);
		}
		for (const name of required)
			if (!Object.hasOwn(value, name))
				throw bad("parameter_missing", within(name),
					`Missing required param: ${within(name)}.`);
		return out;
	},
	/* One of several: what the first that fits makes of it. */
	any(value, at, { any }) {
		let first;

		for (const shape of any)
			try {
				return check(value, at, shape);
			} catch (refusal) {
				first ??= refusal;
			}
		throw first;
	},
	ref: (value, at, { ref }) => check(value, at, shapes.definitions[ref]),
};

function check(value, at, shape) {
	const kind = typeof shape === "string" ? shape : Object.keys(checks).find(
		(k) => Object.hasOwn(shape, k));
	return checks[kind](value, at, shape);
}

export const checkRequest = (route, parameters) =>
	check(parameters, "", shapes.requests[route]);
