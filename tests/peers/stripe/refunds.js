/* What is given back of a charge, and what a bank takes back. */
import { Refusal } from "./refusal.js";

const no = (message) => new Refusal(400, { message });

function chargeOf(account, intent) {
	const { latest_charge: id, status } = account.get("payment_intent", intent);

	if (status !== "succeeded")
		throw no("There is nothing to give back: it is " + status + ".");
	return account.get("charge", id);
}

/* Adds to what is given back of a charge, or takes from it. */
function give(charge, amount) {
	charge.amount_refunded += amount;
	charge.refunded = charge.amount_refunded === charge.amount;
}

/* amount: all that is left, unless said; status: pending succeeded. */
export function refund(account, { intent, amount, status = "succeeded",
	reason = null }) {
	const charge = chargeOf(account, intent);
	const left = charge.amount - charge.amount_refunded;

	amount ??= left;
	if (amount < 1 || amount > left)
		throw no(`Refund amount (${amount}) is greater than unrefunded ` +
			`amount on charge (${left}).`);
	if (!["pending", "succeeded"].includes(status))
		throw no("A refund does not begin as " + status + ".");
	const made = account.add("refund", { amount, status, reason,
		charge: charge.id, currency: charge.currency, payment_intent: intent,
		metadata: {} });

	give(charge, amount);
	account.happened("refund.created", made);
	account.happened("charge.refunded", charge);
	return made;
}

/* status: succeeded failed canceled; one that succeeded can fail as well. */
export function refundEnd(account, made, { status,
	failure_reason = "expired_or_canceled_card" }) {
	const from = { succeeded: ["pending"], failed: ["pending", "succeeded"],
		canceled: ["pending"] }[status];

	if (!from?.includes(made.status))
		throw no(`A refund does not go from ${made.status} to ${status}.`);
	made.status = status;
	if (status !== "succeeded")
		give(account.get("charge", made.charge), -made.amount);
	if (status === "failed")
		made.failure_reason = failure_reason;
	account.happened("refund.updated", made);
	account.happened("charge.refund.updated", made);
	if (status === "failed")
		account.happened("refund.failed", made);
	return made;
}

/* inquiry: a bank only asks, and takes nothing. */
export function dispute(account, { intent, amount, reason = "fraudulent",
	inquiry = false }) {
	const charge = chargeOf(account, intent);
	const made = account.add("dispute", { amount: amount ?? charge.amount,
		charge: charge.id, currency: charge.currency, payment_intent: intent,
		reason, status: inquiry ? "warning_needs_response" : "needs_response",
		is_charge_refundable: inquiry, metadata: {}, balance_transactions: [],
		enhanced_eligibility_types: [] });

	charge.disputed = true;
	account.happened("charge.dispute.created", made);
	if (!inquiry)
		account.happened("charge.dispute.funds_withdrawn", made);
	return made;
}

/* status: won lost; warning_closed of an inquiry. */
export function disputeEnd(account, made, { status }) {
	const open = { needs_response: ["won", "lost"],
		warning_needs_response: ["warning_closed"] }[made.status];

	if (!open?.includes(status))
		throw no(`A dispute does not go from ${made.status} to ${status}.`);
	made.status = status;
	account.happened("charge.dispute.closed", made);
	if (status === "won")
		account.happened("charge.dispute.funds_reinstated", made);
	return made;
}
