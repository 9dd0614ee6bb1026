/* Customers and the ways to pay that they have saved. */
import { matching, one, page } from "./answers.js";
import { bad, Refusal } from "./refusal.js";
import * as rules from "./rules.js";
import { random } from "./world.js";

const KINDS = { /* type: what it is unless a test says otherwise */
	card: { brand: "visa", exp_month: 12, exp_year: 2034, last4: "4242",
		funding: "credit", country: "US", checks: null, networks: null,
		three_d_secure_usage: { supported: true }, wallet: null },
	sepa_debit: { bank_code: "37040044", branch_code: "", country: "DE",
		last4: "3000", generated_from: { charge: null, setup_attempt: null } },
};

/* A method, attached where there is a customer. */
export function method(account, customer, { type = "card", ...values } = {}) {
	if (!Object.hasOwn(KINDS, type))
		throw new Error("no such type of method: " + type);
	const wrong = Object.keys(values).find((k) => !Object.hasOwn(KINDS[type], k));
	if (wrong)
		throw new Error(`${type} has no ${wrong}`);
	const made = account.add("payment_method", { type, customer, metadata: {},
		billing_details: { address: null, email: null, name: null, phone: null,
			tax_id: null },
		[type]: { fingerprint: random(16), ...KINDS[type], ...values } });

	if (customer)
		account.happened("payment_method.attached", made);
	return made;
}

/* A bank debit's mandate; a card has none. */
export const mandate = (account, { id, type }) => type === "card" ? null
	: account.add("mandate", { payment_method: id, status: "active",
		type: "multi_use", multi_use: {} }).id;

/* A bank has sent its customer another card. */
export function renew(account, made, values) {
	Object.assign(made.card, values);
	account.happened("payment_method.automatically_updated", made);
}

export function detach(account, pm) {
	if (!pm.customer)
		throw new Refusal(400, { message: "The payment method you provided is " +
			"not attached to a customer so detachment is impossible." });
	const customer = account.get("customer", pm.customer);
	if (customer.invoice_settings.default_payment_method === pm.id)
		customer.invoice_settings.default_payment_method = null;
	pm.customer = null;
	account.happened("payment_method.detached", pm, { customer: customer.id });
}

/* ---- handlers ---- */
const CUSTOMER = ["email", "name", "description", "phone"];

function customerWrite(account, customer, p) {
	rules.customer(p);
	const chosen = p.invoice_settings?.default_payment_method;
	if (chosen && account.get("payment_method", chosen,
		"invoice_settings[default_payment_method]").customer !== customer.id)
		throw bad("resource_missing", "invoice_settings",
			"The customer does not have that payment method.");
	for (const name of CUSTOMER)
		if (p[name] !== undefined)
			customer[name] = p[name] || null;
	customer.metadata = { ...customer.metadata, ...p.metadata };
	if (chosen !== undefined)
		customer.invoice_settings.default_payment_method = chosen || null;
	return one(account, customer, p);
}

export const customerCreate = ({ account, p }) => {
	const customer = account.add("customer", { metadata: {}, balance: 0,
		invoice_settings: { custom_fields: null, default_payment_method: null,
			footer: null, rendering_options: null } });
	const answer = customerWrite(account, customer, p);

	account.happened("customer.created", customer);
	return answer;
};

export const customerUpdate = ({ account, id, p }) =>
	customerWrite(account, account.get("customer", id), p);

export function customerMethods({ account, id, p, url }) {
	account.get("customer", id);
	return page(account, url, matching(account.all("payment_method"),
		{ ...p, customer: id }, ["customer", "type"]), p);
}

/* The API lists methods of one customer only. */
export function methodList({ account, p, url }) {
	if (!p.customer)
		throw bad("parameter_missing", "customer",
			"Missing required param: customer.");
	account.get("customer", p.customer, "customer");
	return page(account, url, matching(account.all("payment_method"), p,
		["customer", "type"]), p);
}

export function methodUpdate({ account, id, p }) {
	const pm = account.get("payment_method", id);

	rules.customer(p);
	if (!pm.customer)
		throw new Refusal(400, { message: "You must save this PaymentMethod " +
			"to a customer before you can update it." });
	pm.metadata = { ...pm.metadata, ...p.metadata };
	if (p.card)
		for (const name of ["exp_month", "exp_year"])
			pm.card[name] = p.card[name] ?? pm.card[name];
	account.happened("payment_method.updated", pm);
	return one(account, pm, p);
}

export function methodDetach({ account, id, p }) {
	const pm = account.get("payment_method", id);

	detach(account, pm);
	return one(account, pm, p);
}
