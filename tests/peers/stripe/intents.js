/* Payment intents: charging a method that a customer has saved. */
import { expanded, one } from "./answers.js";
import { attempt } from "./outcome.js";
import { bad, Refusal } from "./refusal.js";
import * as rules from "./rules.js";

/* The method must be the customer's, or nobody may use it. */
function methodOf(account, p) {
	const method = account.get("payment_method", p.payment_method,
		"payment_method");

	if (!method.customer)
		throw new Refusal(400, { message: "The provided PaymentMethod was " +
			"previously used with a PaymentIntent without Customer " +
			"attachment, or was detached from a Customer. It may not be " +
			"used again." });
	if (method.customer !== p.customer)
		throw bad("resource_missing", "payment_method", "The customer does " +
			"not have a payment method with the ID " + method.id + ".");
	if (method.type === "sepa_debit" && p.currency !== "eur")
		throw bad("payment_intent_invalid_parameter", "currency",
			"SEPA Direct Debit is in eur only.");
	return method;
}

export function intentCreate({ account, p }) {
	rules.intent(p);
	if (p.customer)
		account.get("customer", p.customer, "customer");
	const method = p.payment_method ? methodOf(account, p) : null;
	const intent = account.add("payment_intent", {
		amount: p.amount, currency: p.currency, customer: p.customer ?? null,
		metadata: p.metadata ?? {}, payment_method: method?.id ?? null,
		amount_received: 0, amount_capturable: 0, capture_method: "automatic",
		confirmation_method: "automatic",
		payment_method_types: p.payment_method_types ?? [method?.type ?? "card"],
		description: p.description ?? null,
		status: method ? "requires_confirmation" : "requires_payment_method",
	});

	account.happened("payment_intent.created", intent);
	if (p.confirm)
		attempt(account, intent);
	if (intent.last_payment_error)
		throw new Refusal(402, { ...intent.last_payment_error,
			payment_intent: expanded(account, intent) });
	return one(account, intent, p);
}
