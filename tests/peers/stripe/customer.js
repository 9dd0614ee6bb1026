/* The customer in front of the page: pays, is declined, goes away. */
import { mandate, method } from "./methods.js";
import { arrive, decline, succeed, wait } from "./outcome.js";
import { Refusal } from "./refusal.js";

/* Opens a payment link's page: a session of its own. */
export function follow(account, link) {
	const limit = link.restrictions?.completed_sessions.limit ?? Infinity;
	const done = account.all("checkout.session").filter((s) =>
		s.payment_link === link.id && s.status === "complete").length;

	if (!link.active || done >= limit)
		throw new Refusal(400, { code: "page_closed",
			message: "The link is no longer active." });
	const asked = { payment_intent_data: link.asked.payment_intent_data };
	const session = account.add("checkout.session", { mode: "payment",
		status: "open", payment_status: "unpaid", amount_total: link.amount,
		amount_subtotal: link.amount, currency: link.currency,
		expires_at: account.world.now() + 86400, metadata: link.metadata,
		payment_link: link.id, payment_method_types: ["card"],
		ui_mode: "hosted", custom_fields: [], shipping_options: [], asked });

	session.page = session.url = "https://checkout.stripe.com/c/pay/" +
		session.id;
	return session;
}

function intentOf(account, session) {
	if (session.payment_intent)
		return account.get("payment_intent", session.payment_intent);
	const data = session.asked.payment_intent_data ?? {};
	const intent = account.add("payment_intent", {
		amount: session.amount_total, currency: session.currency,
		customer: session.customer, metadata: data.metadata ?? {},
		amount_received: 0, amount_capturable: 0, capture_method: "automatic",
		confirmation_method: "automatic", payment_method_types: ["card"],
		description: data.description ?? null,
		setup_future_usage: data.setup_future_usage ?? null,
		status: "requires_payment_method",
	});

	session.payment_intent = intent.id;
	account.happened("payment_intent.created", intent);
	return intent;
}

function complete(account, session, status) {
	session.status = "complete";
	session.payment_status = status;
	session.url = null;
	session.customer_details = { email: "customer@example.com", name: "A Customer",
		address: null, phone: null, tax_exempt: "none", tax_ids: [] };
	account.happened("checkout.session.completed", session);
}

const UNFIT = { type: "card_error", code: "card_declined",
	decline_code: "generic_decline", message: "Your card was declined." };

function setUp(account, session, how, values) {
	const setup = account.get("setup_intent", session.setup_intent);

	if (how === "declined") {
		setup.last_setup_error = UNFIT;
		account.happened("setup_intent.setup_failed", setup);
		return;
	}
	const pm = method(account, session.customer, values);
	Object.assign(setup, { status: "succeeded", payment_method: pm.id,
		last_setup_error: null, mandate: mandate(account, pm) });
	account.happened("setup_intent.succeeded", setup);
	complete(account, session, "no_payment_required");
}

/* Who pays on a page saves nothing, unless it was asked for; save: the box on
 * the page is ticked. */
const keeps = ({ customer, asked }, save) => customer &&
	(asked.payment_intent_data?.setup_future_usage || save &&
	asked.saved_payment_method_options?.payment_method_save === "enabled")
	? customer : null;

/*
 * how: "ok"; "declined", the page stays open; "pending", a bank debit that
 * settle() ends days later.  values: of the card or account, see methods.js.
 */
export function pay(account, session, how, { save, ...values } = {}) {
	if (session.status !== "open")
		throw new Refusal(400, { code: "page_closed",
			message: `The page says that it is ${session.status}.` });
	if (session.mode === "setup")
		return setUp(account, session, how, values);
	const intent = intentOf(account, session);
	if (how === "declined") {
		intent.payment_method = method(account, null, values).id;
		return decline(account, intent);
	}
	intent.payment_method = method(account, keeps(session, save), values).id;
	if (how === "pending") {
		wait(account, intent);
		return complete(account, session, "unpaid");
	}
	succeed(account, intent);
	return complete(account, session, "paid");
}

/* The end of what is pending: an intent, with the session it is of. */
export function settle(account, intent, { succeeded, code }) {
	arrive(account, intent, succeeded, code);
	const session = account.all("checkout.session").find((s) =>
		s.payment_intent === intent.id);
	if (!session)
		return;
	if (succeeded)
		session.payment_status = "paid";
	account.happened("checkout.session.async_payment_" +
		(succeeded ? "succeeded" : "failed"), session);
}
