/* The routes: what each does once its parameters have been checked. */
import * as rules from "./rules.js";
import { get, list, matching, one, page } from "./answers.js";
import { intentCreate } from "./intents.js";
import * as methods from "./methods.js";
import { bad, Refusal } from "./refusal.js";
import { eventTypes } from "./shape.js";
import { EVENT_DAYS, expire, random } from "./world.js";

/* ---- checkout ---- */
function sessionCreate({ account, world, p }) {
	const { amount, currency } = rules.session(p, world.now());

	if (p.customer)
		account.get("customer", p.customer, "customer");
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
	if (p.mode === "setup")
		session.setup_intent = setupCreate(account, session).id;
	return one(account, session, p);
}

/* It is there from the start, unlike the intent of a payment. */
function setupCreate(account, { customer, asked }) {
	const setup = account.add("setup_intent", { customer,
		status: "requires_payment_method", usage: "off_session",
		metadata: asked.setup_intent_data?.metadata ?? {},
		description: asked.setup_intent_data?.description ?? null,
		payment_method_types: asked.payment_method_types ?? ["card"] });

	account.happened("setup_intent.created", setup);
	return setup;
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

export const handlers = {
	"POST /checkout/sessions": sessionCreate,
	"GET /checkout/sessions": list("checkout.session",
		["payment_link", "status", "customer", "payment_intent"]),
	"GET /checkout/sessions/:id": get("checkout.session"),
	"POST /checkout/sessions/:id/expire": sessionExpire,
	"POST /payment_links": linkCreate,
	"GET /payment_links/:id": get("payment_link"),
	"POST /payment_links/:id": linkUpdate,
	"POST /payment_intents": intentCreate,
	"GET /payment_intents": list("payment_intent", ["customer"]),
	"GET /payment_intents/:id": get("payment_intent"),
	"GET /setup_intents/:id": get("setup_intent"),
	"GET /mandates/:id": get("mandate"),
	"GET /charges/:id": get("charge"),
	"GET /refunds": list("refund", ["payment_intent", "charge"]),
	"GET /refunds/:id": get("refund"),
	"GET /disputes": list("dispute", ["payment_intent", "charge"]),
	"GET /disputes/:id": get("dispute"),
	"GET /events": eventList,
	"GET /events/:id": get("event"),
	"POST /customers": methods.customerCreate,
	"GET /customers/:id": get("customer"),
	"POST /customers/:id": methods.customerUpdate,
	"GET /customers/:id/payment_methods": methods.customerMethods,
	"GET /payment_methods": methods.methodList,
	"GET /payment_methods/:id": get("payment_method"),
	"POST /payment_methods/:id": methods.methodUpdate,
	"POST /payment_methods/:id/detach": methods.methodDetach,
};
