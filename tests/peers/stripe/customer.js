/* The customer in front of the page: pays, is declined, goes away. */
import { random } from "./world.js";
import { Refusal } from "./refusal.js";

const CARD = { brand: "visa", exp_month: 12, exp_year: 2034, last4: "4242",
	funding: "credit", country: "US", fingerprint: "Xt5EWLLDS7FJjR1c" };

export function method(account, customer, card = {}) {
	const made = account.add("payment_method", { type: "card", customer,
		metadata: {}, card: { ...CARD, ...card } });

	account.happened("payment_method.attached", made);
	return made;
}

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

function charge(account, intent) {
	intent.latest_charge = account.add("charge", {
		amount: intent.amount, currency: intent.currency, paid: true,
		payment_intent: intent.id, status: "succeeded", refunded: false,
		receipt_url: "https://pay.stripe.com/receipts/" + random(40),
	}).id;
	intent.amount_received = intent.amount;
}

export function succeed(account, intent) {
	intent.status = "succeeded";
	charge(account, intent);
	account.happened("payment_intent.succeeded", intent);
}

const DECLINED = { type: "card_error", code: "card_declined",
	decline_code: "generic_decline", message: "Your card was declined." };

export function decline(account, intent, error = DECLINED) {
	intent.status = "requires_payment_method";
	intent.last_payment_error = error;
	account.happened("payment_intent.payment_failed", intent);
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

function setUp(account, session) {
	const pm = method(account, session.customer);
	const setup = account.add("setup_intent", { status: "succeeded",
		customer: session.customer, payment_method: pm.id, usage: "off_session",
		metadata: session.asked.setup_intent_data?.metadata ?? {},
		payment_method_types: ["card"] });

	session.setup_intent = setup.id;
	account.happened("setup_intent.succeeded", setup);
	complete(account, session, "no_payment_required");
}

/*
 * how: "ok"; "declined", the page stays open; "pending", a bank debit that
 * settle() ends days later.
 */
export function pay(account, session, how) {
	if (session.status !== "open")
		throw new Refusal(400, { code: "page_closed",
			message: `The page says that it is ${session.status}.` });
	if (session.mode === "setup")
		return setUp(account, session);
	const intent = intentOf(account, session);
	intent.payment_method = method(account, session.customer).id;
	if (how === "declined")
		return decline(account, intent);
	if (how === "pending") {
		intent.status = "processing";
		account.happened("payment_intent.processing", intent);
		return complete(account, session, "unpaid");
	}
	succeed(account, intent);
	return complete(account, session, "paid");
}

export function settle(account, session, succeeded) {
	const intent = account.get("payment_intent", session.payment_intent);

	if (intent.status !== "processing")
		throw new Refusal(400, { message: "It is not pending." });
	if (succeeded) {
		succeed(account, intent);
		session.payment_status = "paid";
		account.happened("checkout.session.async_payment_succeeded", session);
	} else {
		decline(account, intent);
		account.happened("checkout.session.async_payment_failed", session);
	}
}
