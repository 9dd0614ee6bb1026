/* The API: from bytes to an answer. */
import { createServer } from "node:http";
import { handlers } from "./api.js";
import { Dropped } from "./faults.js";
import { parse } from "./form.js";
import { begin, forget, keep } from "./idempotency.js";
import { Refusal } from "./refusal.js";
import { checkRequest, routes } from "./shape.js";
import { random } from "./world.js";

const LARGEST = 1 << 20;
const FORM = "application/x-www-form-urlencoded";

async function read(incoming) {
	const parts = [];
	let size = 0;

	for await (const part of incoming) {
		if ((size += part.length) > LARGEST)
			throw new Refusal(413, { message: "Too large." });
		parts.push(part);
	}
	return Buffer.concat(parts).toString("latin1");
}

const ROUTES = routes.map((name) => {
	const [method, path] = name.split(" ");
	return { name, method, pattern: new RegExp("^" +
		path.replaceAll(":id", "([A-Za-z0-9_]+)") + "$") };
});

function route(request) {
	for (const { name, method, pattern } of ROUTES) {
		const match = method === request.method && pattern.exec(request.path);
		if (match)
			return { name, id: match[1] };
	}
	throw new Refusal(404, { message: "Unrecognized request URL " +
		`(${request.method}: /v1${request.path}).` });
}

function secretOf(headers) {
	const [, scheme, value] =
		/^(Bearer|Basic) (\S+)$/.exec(headers.authorization ?? "") ?? [];

	return scheme === "Basic"
		? Buffer.from(value, "base64").toString().replace(/:$/, "") : value;
}

function accountOf(world, headers) {
	const own = world.accounts.get(secretOf(headers) ?? "");
	const other = headers["stripe-account"];

	if (!own || own.connected)
		throw new Refusal(401, { message: "Invalid API Key provided." });
	if (other === undefined)
		return own;
	const account = world.accounts.get(other);
	if (!account?.connected)
		throw new Refusal(403, { code: "account_invalid",
			message: `The provided key does not have access to '${other}'.` });
	return account;
}

function checkHeaders(world, request) {
	const { headers } = request;

	if (headers["stripe-version"] !== world.version)
		throw new Refusal(400, { message: "Invalid Stripe API version: " +
			headers["stripe-version"] });
	if (request.body && headers["content-type"]?.split(";")[0] !== FORM)
		throw new Refusal(400, { message: "Invalid content type." });
	if (request.body && request.method === "GET")
		throw new Refusal(400, { message: "GET has no body." });
	if (request.method === "POST" && request.query)
		throw new Refusal(400, { message: "POST has no query." });
}

async function answer({ world, faults }, request) {
	const account = accountOf(world, request.headers);
	const key = request.method === "POST" ? request.key : null;

	checkHeaders(world, request);
	const { name, id } = route(request);
	request.parameters = parse(request.query || request.body);
	const p = checkRequest(name, request.parameters);
	const again = key && begin(account, key,
		JSON.stringify([name, id, request.parameters]));
	request.replayed = Boolean(again);
	try {
		await faults.at("received", request);
	} catch (error) {
		if (key && !again)
			error.saved ? keep(account, key, error) : forget(account, key);
		throw error;
	}
	const given = again || run(world, account, { name, id, p, key });
	request.executed = true;
	await faults.at("executed", request);
	return given;
}

/* What it gives is kept, an error as well, unless a parameter was wrong. */
function run(world, account, { name, id, p, key }) {
	const url = name.split(" ")[1].replace(":id", id);
	let given;

	try {
		given = { status: 200, headers: {},
			body: handlers[name]({ world, account, id, p, url }) };
	} catch (error) {
		if (!(error instanceof Refusal))
			throw error;
		given = error;
	}
	if (key)
		given.body.error?.param ? forget(account, key)
			: keep(account, key, given);
	if (given instanceof Refusal)
		throw given;
	return given;
}

const failure = (error) => {
	if (error instanceof Refusal)
		return error;
	console.error(error);
	return new Refusal(500, { type: "api_error", message: String(error) });
};

const retry = (status) => status === 409 || status === 429 || status >= 500
	? { "Stripe-Should-Retry": "true" } : {};

export function apiServer(peer) {
	return createServer(async (incoming, outgoing) => {
		const { pathname, search } = new URL(incoming.url, "http://x");
		const request = { n: peer.log.length + 1, method: incoming.method,
			path: pathname.replace(/^\/v1(?=\/)/, ""),
			query: search.slice(1), headers: incoming.headers,
			key: incoming.headers["idempotency-key"] ?? null,
			id: "req_" + random(14), at: peer.world.now(),
			parameters: null, faults: [], executed: false, status: null };
		let given;

		peer.log.push(request);
		try {
			if (!pathname.startsWith("/v1/"))
				throw new Refusal(404, { message: "Not below /v1" });
			request.body = await read(incoming);
			given = await answer(peer, request);
		} catch (error) {
			if (error instanceof Dropped)
				return outgoing.destroy();
			given = failure(error);
		}
		const body = JSON.stringify(given.body, null, 2);
		const sent = new Promise((go) => outgoing.on("close", go));
		outgoing.writeHead(given.status, { ...retry(given.status),
			...given.headers, "Content-Type": "application/json",
			"Content-Length": Buffer.byteLength(body), "Request-Id": request.id,
			"Stripe-Version": peer.world.version,
			...request.key ? { "Idempotency-Key": request.key } : {} });
		outgoing.end(body);
		await sent;
		request.status = given.status;
		await peer.faults.at("answered", request).catch(() => {});
	});
}
