/* The routes: what each does once its parameters have been checked. */
import * as rules from "./rules.js";
import { decline, succeed } from "./customer.js";
import { bad, Refusal } from "./refusal.js";
import { eventTypes } from "./shape.js";
import { EVENT_DAYS, expire, random } from "./world.js";

/* ---- answers ---- */
const EXPANDABLE = { /* property: the object behind its id */
	payment_intent: "payment_intent", setup_intent: "setup_intent",
	customer: "customer", payment_method: "payment_method",
	latest_charge: "charge", payment_link: "payment_link",
};

function expanded(account, object, paths) {
	const out = structuredClone(object);

	delete out.asked;
	delete out.page;
	delete out.acts_like;
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

const one = (account, object, p) => expanded(account, object,
	[...p.expand ?? []].sort((a, b) => b.length - a.length));

/* A page of what is newest first. */
function page(account, url, found, p) {
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
const matching = (rows, p, names) => rows.filter((o) =>
	names.every((n) => p[n] === undefined || o[n] === p[n]) &&
	(p.created === undefined || within(p.created)(o.created)));

/* ---- checkout ---- */
function sessionCreate({ account, world, p }) {
	const { amount, currency } = rules.session(p, world.now());

	if (p.customer)
		account.get("customer", p.customer);
	const session = account.add("checkout.session", {
		mode: p.mode, status: "open", amount_total: amount,
		amount_subtotal: amount, currency,
		payment_status: p.mode === "setup" ? "no_payment_required" : "unpaid",
		expires_at: p.expires_at ?? world.now() + 86400,
		success_url: p.success_url, cancel_url: p.cancel_url ?? null,
		customer: p.customer ?? null, customer_email: p.customer_email ?? null,
		client_reference_id: p.client_reference_id ?? null,
		metadata: p.metadata ?? {}, payment_method_types: ["card"],
		ui_mode: "hosted", automatic_tax: { enabled: false, liability: null,
			provider: null, status: null },
		custom_fields: [], shipping_options: [],
		phone_number_collection: { enabled: false }, asked: p,
	});
	session.page = session.url = "https://checkout.stripe.com/c/pay/" +
		session.id + "#fidkdWxOYHwnPyd1blpxYHZxWjA0" + random(280);
	return one(account, session, p);
}

function sessionExpire({ account, id, p }) {
	const session = account.get("checkout.session", id);

	if (session.status !== "open")
		throw new Refusal(400, { message: "Only Checkout Sessions with a " +
			"status in [\"open\"] can be expired. This Checkout Session has " +
			`a status of \`${session.status}\`.` });
	expire(account, session);
	return one(account, session, p);
}

const sessionList = ({ account, p, url }) => page(account, url,
	matching(account.all("checkout.session"), p,
		["payment_link", "status", "customer", "payment_intent"]), p);

function linkCreate({ account, p }) {
	const { amount, currency } = rules.paymentLink(p);

	return one(account, account.add("payment_link", { active: true, currency,
		metadata: p.metadata ?? {}, restrictions: p.restrictions ?? null,
		asked: p, amount, url: "https://buy.stripe.com/test_" + random(18) }), p);
}

function linkUpdate({ account, id, p }) {
	const link = account.get("payment_link", id);

	link.active = p.active ?? link.active;
	link.metadata = { ...link.metadata, ...p.metadata };
	return one(account, link, p);
}

/* ---- intents: what each test method does when it is charged ---- */
const REFUSED = {
	pm_card_visa_chargeDeclined: { code: "card_declined",
		message: "Your card was declined." },
	pm_card_authenticationRequired: { code: "authentication_required",
		decline_code: "authentication_required",
		message: "This payment requires authentication." },
};

/* A method of a customer acts as it was made to: see control.js. */
const testMethod = (account, id) => id.startsWith("pm_card_") ? id
	: account.get("payment_method", id).acts_like;

function intentCreate({ account, p }) {
	rules.intent(p);
	if (p.customer)
		account.get("customer", p.customer);
	const intent = account.add("payment_intent", {
		amount: p.amount, currency: p.currency, customer: p.customer ?? null,
		metadata: p.metadata ?? {}, payment_method: p.payment_method ?? null,
		amount_received: 0, amount_capturable: 0, capture_method: "automatic",
		confirmation_method: "automatic", payment_method_types: ["card"],
		description: p.description ?? null,
		status: p.payment_method ? "requires_confirmation"
			: "requires_payment_method",
	});
	account.happened("payment_intent.created", intent);
	if (!p.confirm)
		return one(account, intent, p);
	const kind = REFUSED[testMethod(account, p.payment_method)];
	if (kind) {
		decline(account, intent, { type: "card_error", ...kind });
		throw new Refusal(402, { type: "card_error", ...kind,
			payment_intent: expanded(account, intent, []) });
	}
	succeed(account, intent);
	return one(account, intent, p);
}

/* ---- events ---- */
function eventList({ account, world, p, url }) {
	if (p.type && p.types)
		throw bad("parameter_invalid", "types", "Either `type` or `types`.");
	if ((p.types?.length ?? 0) > 20)
		throw bad("parameter_invalid", "types", "At most 20 types.");
	const wanted = p.types ?? (p.type ? [p.type] : ["*"]);
	for (const w of wanted)
		if (![...eventTypes].some((t) => fits(w, t)))
			throw bad("parameter_invalid", "types", `Invalid event type: ${w}`);
	const oldest = world.now() - EVENT_DAYS * 86400;
	const rows = [...account.events].reverse().filter((e) =>
		e.created >= oldest && wanted.some((w) => fits(w, e.type)));
	return page(account, url, matching(rows, p, []), p);
}
const fits = (wanted, type) => wanted === "*" || wanted === type ||
	wanted.endsWith(".*") && type.startsWith(wanted.slice(0, -1));

/* ---- customers ---- */
const CUSTOMER = ["email", "name", "description", "phone"];

function customerWrite(account, customer, p) {
	rules.customer(p);
	for (const name of CUSTOMER)
		if (p[name] !== undefined)
			customer[name] = p[name] || null;
	customer.metadata = { ...customer.metadata, ...p.metadata };
	const chosen = p.invoice_settings?.default_payment_method;
	if (chosen && account.get("payment_method", chosen).customer !== customer.id)
		throw bad("resource_missing", "invoice_settings",
			"The customer does not have that payment method.");
	if (chosen !== undefined)
		customer.invoice_settings.default_payment_method = chosen || null;
	return one(account, customer, p);
}
const customerCreate = ({ account, p }) => customerWrite(account,
	account.add("customer", { metadata: {}, balance: 0,
		invoice_settings: { custom_fields: null, default_payment_method: null,
			footer: null, rendering_options: null } }), p);

function customerMethods({ account, id, p, url }) {
	account.get("customer", id);
	return page(account, url, matching(account.all("payment_method"),
		{ ...p, customer: id }, ["customer", "type"]), p);
}

function methodDetach({ account, id, p }) {
	const pm = account.get("payment_method", id);

	if (!pm.customer)
		throw new Refusal(400, { message: "The payment method you provided is " +
			"not attached to a customer so detachment is impossible." });
	const customer = account.get("customer", pm.customer);
	if (customer.invoice_settings.default_payment_method === id)
		customer.invoice_settings.default_payment_method = null;
	pm.customer = null;
	account.happened("payment_method.detached", pm);
	return one(account, pm, p);
}

const get = (object) => ({ account, id, p }) =>
	one(account, account.get(object, id), p);

export const handlers = {
	"POST /checkout/sessions": sessionCreate,
	"GET /checkout/sessions": sessionList,
	"GET /checkout/sessions/:id": get("checkout.session"),
	"POST /checkout/sessions/:id/expire": sessionExpire,
	"POST /payment_links": linkCreate,
	"GET /payment_links/:id": get("payment_link"),
	"POST /payment_links/:id": linkUpdate,
	"POST /payment_intents": intentCreate,
	"GET /payment_intents": ({ account, p, url }) => page(account, url,
		matching(account.all("payment_intent"), p, ["customer"]), p),
	"GET /payment_intents/:id": get("payment_intent"),
	"GET /setup_intents/:id": get("setup_intent"),
	"GET /events": eventList,
	"GET /events/:id": get("event"),
	"POST /customers": customerCreate,
	"GET /customers/:id": get("customer"),
	"POST /customers/:id": ({ account, id, p }) =>
		customerWrite(account, account.get("customer", id), p),
	"GET /customers/:id/payment_methods": customerMethods,
	"GET /payment_methods/:id": get("payment_method"),
	"POST /payment_methods/:id/detach": methodDetach,
};
