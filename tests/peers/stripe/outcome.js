/* How an intent ends: its charge, its status and what is told of it. */
import { Refusal } from "./refusal.js";
import { random } from "./world.js";

const DECLINED = { type: "card_error", code: "card_declined",
	decline_code: "generic_decline", message: "Your card was declined." };
const ASKED_FOR = { type: "card_error", code: "authentication_required",
	decline_code: "authentication_required",
	message: "Your card was declined. This transaction requires " +
		"authentication." };
const NOT_A_DECLINE = ["expired_card", "incorrect_cvc", "processing_error"];

function charge(account, intent, values) {
	const made = account.add("charge", {
		amount: intent.amount, amount_captured: 0, amount_refunded: 0,
		currency: intent.currency, customer: intent.customer, disputed: false,
		payment_intent: intent.id, payment_method: intent.payment_method,
		metadata: { ...intent.metadata }, refunded: false, captured: true,
		...values,
	});

	intent.latest_charge = made.id;
	return made;
}

export function succeed(account, intent) {
	intent.status = "succeeded";
	intent.amount_received = intent.amount;
	intent.last_payment_error = null;
	charge(account, intent, { status: "succeeded", paid: true,
		amount_captured: intent.amount,
		receipt_url: "https://pay.stripe.com/receipts/" + random(40) });
	account.happened("payment_intent.succeeded", intent);
}

export function decline(account, intent, error = DECLINED) {
	const { id } = charge(account, intent, { status: "failed", paid: false,
		failure_code: error.code, failure_message: error.message });
	const method = intent.payment_method &&
		account.get("payment_method", intent.payment_method);

	intent.status = "requires_payment_method";
	intent.last_payment_error = { ...error, charge: id,
		...method ? { payment_method: structuredClone(method) } : {} };
	intent.payment_method = null;
	account.happened("payment_intent.payment_failed", intent);
}

/* A bank debit is under way: arrive() ends it days later. */
export function wait(account, intent) {
	intent.status = "processing";
	account.happened("payment_intent.processing", intent);
}

/* code: why it did not succeed, as a bank says it. */
export function arrive(account, intent, succeeded, code = "insufficient_funds") {
	if (intent.status !== "processing")
		throw new Refusal(400, { message: "It is not pending." });
	if (succeeded)
		succeed(account, intent);
	else
		decline(account, intent, { type: "card_error", code,
			message: "The transaction can't be processed." });
}

/*
 * What a saved method does when it is charged, as a test says it:
 *	ok		it pays; a bank debit is under way first
 *	decline		with this decline_code, or one of the codes that are
 *			errors of their own
 *	authenticate	somebody must be asked, and nobody is there
 */
const WAYS = {
	ok: () => null,
	decline: (code = "generic_decline") => NOT_A_DECLINE.includes(code)
		? { type: "card_error", code, message: "Your card was declined." }
		: { ...DECLINED, decline_code: code },
	authenticate: () => ASKED_FOR,
};

export function behave(account, method, how, code) {
	if (!Object.hasOwn(WAYS, how))
		throw new Error("no such way: " + how);
	account.get("payment_method", method);
	account.ways.set(method, WAYS[how](code));
}

/* Charges the intent's method. */
export function attempt(account, intent) {
	const method = account.get("payment_method", intent.payment_method);
	const error = account.ways.get(method.id);

	if (error)
		decline(account, intent, error);
	else if (method.type === "card")
		succeed(account, intent);
	else
		wait(account, intent);
}
