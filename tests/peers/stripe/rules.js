/* What the API refuses although the types have it: ranges, amounts, modes. */
import { bad } from "./refusal.js";

const MOST = 99999999; /* 8 digits */
const MINIMUM = {
	usd: 50, eur: 50, aud: 50, brl: 50, cad: 50, chf: 50, inr: 50, jpy: 50,
	nzd: 50, sgd: 50, gbp: 30, aed: 200, czk: 1500, dkk: 250, hkd: 400,
	huf: 17500, mxn: 1000, myr: 200, nok: 300, sek: 300, pln: 200, ron: 200,
	thb: 1000,
};
const ZERO_DECIMAL = ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga",
	"pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"];
/* Amounts are multiples of these. */
const STEP = { isk: 100, ugx: 100, bhd: 10, jod: 10, kwd: 10, omr: 10, tnd: 10 };
const CURRENCIES = new Set([...Object.keys(MINIMUM), ...ZERO_DECIMAL,
	...Object.keys(STEP), "bgn", "zar", "try", "ils", "kes", "ngn", "ars",
	"cop", "pen", "idr", "php", "uah", "all", "mdl", "mkd", "rsd", "bam"]);

export function currency(code, at) {
	if (!CURRENCIES.has(code))
		throw bad("parameter_invalid_currency", at, `Invalid currency: ${code}.`);
}

export function amount(value, code, at) {
	if (value < (MINIMUM[code] ?? 1))
		throw bad("amount_too_small", at,
			`The amount must be at least ${MINIMUM[code] ?? 1} ${code}.`);
	if (value > MOST)
		throw bad("amount_too_large", at,
			`The amount must be no more than ${MOST} ${code}.`);
	if (value % (STEP[code] ?? 1) !== 0)
		throw bad("parameter_invalid_integer", at,
			`Amounts in ${code} are multiples of ${STEP[code]}.`);
}

function metadata(map, at) {
	const entries = Object.entries(map);

	if (entries.length > 50)
		throw bad("metadata_limit", at, "Metadata has more than 50 keys.");
	for (const [key, value] of entries) {
		if (key.length > 40)
			throw bad("metadata_limit", at,
				`Metadata keys have at most 40 characters: ${key}`);
		if (String(value).length > 500)
			throw bad("metadata_limit", `${at}[${key}]`,
				"Metadata values have at most 500 characters.");
	}
}

/* In every depth: metadata and the length of URLs. */
function everywhere(node, at) {
	for (const [name, value] of Object.entries(node)) {
		const here = at ? `${at}[${name}]` : name;
		if (name === "metadata" && typeof value === "object")
			metadata(value, here);
		else if (typeof value === "object")
			everywhere(value, here);
		else if (/^(success|cancel|return)_url$/.test(name))
			url(value, here);
	}
}

function url(text, at) {
	if (!/^https?:\/\/[^\s/]+/.test(text) ||
	    !URL.canParse(text.replace("{CHECKOUT_SESSION_ID}", "x")))
		throw bad("url_invalid", at, "Not a valid URL");
	if (text.length > 5000)
		throw bad("url_invalid", at, "URL is too long");
}

const unless = (fine, code, at, message) => {
	if (!fine)
		throw bad(code, at, message);
};

/* Gives {amount, currency} of the lot. */
function lineItems(items, most) {
	let code, total = 0;

	unless(items?.length, "parameter_missing", "line_items",
		"Missing required param: line_items.");
	unless(items.length <= most, "parameter_invalid", "line_items",
		`At most ${most} line items.`);
	items.forEach((item, i) => {
		const at = `line_items[${i}][price_data]`;
		const price = item.price_data;

		unless(!item.price, "resource_missing", `line_items[${i}][price]`,
			`No such price: '${item.price}'`);
		unless(price, "parameter_missing", at,
			`Missing required param: ${at}.`);
		unless(price.product_data && !price.product, "parameter_missing",
			`${at}[product_data]`,
			"You must specify either `product` or `product_data`.");
		unless(Number.isInteger(price.unit_amount) &&
			price.unit_amount_decimal === undefined,
		"parameter_missing", `${at}[unit_amount]`,
		"You must specify `unit_amount`.");
		unless(price.unit_amount >= 0, "parameter_invalid_integer",
			`${at}[unit_amount]`, "Invalid non-negative integer");
		unless(!price.recurring, "parameter_invalid", `${at}[recurring]`,
			"You can not use recurring prices in `payment` mode.");
		unless(item.quantity >= 1, "parameter_invalid_integer",
			`line_items[${i}][quantity]`, "Quantity is required.");
		currency(price.currency, `${at}[currency]`);
		unless((code ??= price.currency) === price.currency,
			"parameter_invalid_currency", `${at}[currency]`,
			"All prices must have the same currency.");
		total += price.unit_amount * item.quantity;
	});
	amount(total, code, "line_items");
	return { amount: total, currency: code };
}

/* Parameters that only one mode has. */
const OF_MODE = {
	line_items: ["payment", "subscription"],
	payment_intent_data: ["payment"],
	setup_intent_data: ["setup"],
	subscription_data: ["subscription"],
	invoice_creation: ["payment"],
	submit_type: ["payment", "subscription"],
	currency: ["setup", "payment"],
};

export function session(p, now) {
	const modes = (name) => OF_MODE[name] ?? [p.mode];

	unless(p.mode, "parameter_missing", "mode",
		"You must provide `mode`: payment, setup or subscription.");
	unless(p.mode !== "subscription", "parameter_invalid", "mode",
		"This counterpart has no subscriptions.");
	for (const name of Object.keys(p))
		unless(modes(name).includes(p.mode), "parameter_invalid", name,
			`You can not pass \`${name}\` in \`${p.mode}\` mode.`);
	unless((p.ui_mode ?? "hosted") === "hosted", "parameter_invalid",
		"ui_mode", "This counterpart has hosted pages only.");
	unless(p.success_url, "parameter_missing", "success_url",
		"Missing required param: success_url.");
	unless(!p.return_url, "parameter_invalid", "return_url",
		"`return_url` is not for hosted pages.");
	unless(!(p.customer && p.customer_email), "parameter_invalid",
		"customer_email", "You may only specify one of `customer` and " +
		"`customer_email`.");
	unless((p.client_reference_id ?? "").length <= 200, "parameter_invalid",
		"client_reference_id", "Invalid string: at most 200 characters");
	if (p.expires_at !== undefined)
		unless(p.expires_at >= now + 1800 && p.expires_at <= now + 86400,
			"parameter_invalid", "expires_at", "The `expires_at` timestamp " +
			"must be at least 30 minutes and at most 24 hours from now.");
	everywhere(p, "");
	if (p.mode === "payment")
		return lineItems(p.line_items, 100);
	unless(p.currency || p.payment_method_types, "parameter_missing",
		"currency", "You must provide `currency` in `setup` mode.");
	if (p.currency)
		currency(p.currency, "currency");
	return { amount: null, currency: p.currency ?? null };
}

export function paymentLink(p) {
	everywhere(p, "");
	const limit = p.restrictions?.completed_sessions.limit;
	unless(limit === undefined || limit >= 1, "parameter_invalid_integer",
		"restrictions[completed_sessions][limit]", "Invalid integer");
	return lineItems(p.line_items, 20);
}

/* What is not said to be without redirects may need a place to come back to. */
const comesBack = (p) => p.return_url || p.payment_method_types ||
	p.automatic_payment_methods?.enabled &&
	p.automatic_payment_methods.allow_redirects === "never";

export function intent(p) {
	everywhere(p, "");
	currency(p.currency, "currency");
	amount(p.amount, p.currency, "amount");
	unless(!p.off_session || p.confirm, "parameter_invalid", "off_session",
		"`off_session` needs `confirm`.");
	unless(!p.confirm || p.payment_method, "parameter_missing",
		"payment_method", "You cannot confirm without a payment method.");
	unless(!p.confirm || comesBack(p), "parameter_missing", "return_url",
		"This PaymentIntent is configured to accept payment methods enabled " +
		"in your Dashboard. Because some of these payment methods might " +
		"redirect your customer off of your page, you must provide a " +
		"`return_url`, or set `automatic_payment_methods[allow_redirects]` " +
		"to `never`.");
}

/* Metadata is all that can be wrong with them. */
export const customer = (p) => everywhere(p, "");

export function page(p) {
	unless(p.limit === undefined || p.limit >= 1 && p.limit <= 100,
		"parameter_invalid_integer", "limit",
		"This value must be between 1 and 100.");
	unless(!(p.starting_after && p.ending_before), "parameter_invalid",
		"ending_before", "Only one of starting_after and ending_before.");
}
