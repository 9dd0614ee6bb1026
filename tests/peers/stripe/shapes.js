/*
 * The closed shape of each request, and what an answer has of null fields,
 * taken from the types of the official SDK.  npm ci runs it: typescript reads
 * 8 MB of types, which is nothing to do at each start.
 *	node shapes.js FILE
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const REQUESTS = {
	"POST /checkout/sessions": "Stripe.Checkout.SessionCreateParams",
	"GET /checkout/sessions": "Stripe.Checkout.SessionListParams",
	"GET /checkout/sessions/:id": "Stripe.Checkout.SessionRetrieveParams",
	"POST /checkout/sessions/:id/expire": "Stripe.Checkout.SessionExpireParams",
	"POST /payment_links": "Stripe.PaymentLinkCreateParams",
	"GET /payment_links/:id": "Stripe.PaymentLinkRetrieveParams",
	"POST /payment_links/:id": "Stripe.PaymentLinkUpdateParams",
	"POST /payment_intents": "Stripe.PaymentIntentCreateParams",
	"GET /payment_intents": "Stripe.PaymentIntentListParams",
	"GET /payment_intents/:id": "Stripe.PaymentIntentRetrieveParams",
	"GET /setup_intents/:id": "Stripe.SetupIntentRetrieveParams",
	"GET /mandates/:id": "Stripe.MandateRetrieveParams",
	"GET /charges/:id": "Stripe.ChargeRetrieveParams",
	"GET /refunds": "Stripe.RefundListParams",
	"GET /refunds/:id": "Stripe.RefundRetrieveParams",
	"GET /disputes": "Stripe.DisputeListParams",
	"GET /disputes/:id": "Stripe.DisputeRetrieveParams",
	"GET /events": "Stripe.EventListParams",
	"GET /events/:id": "Stripe.EventRetrieveParams",
	"POST /customers": "Stripe.CustomerCreateParams",
	"GET /customers/:id": "Stripe.CustomerRetrieveParams",
	"POST /customers/:id": "Stripe.CustomerUpdateParams",
	"GET /customers/:id/payment_methods": "Stripe.CustomerListPaymentMethodsParams",
	"GET /payment_methods": "Stripe.PaymentMethodListParams",
	"GET /payment_methods/:id": "Stripe.PaymentMethodRetrieveParams",
	"POST /payment_methods/:id": "Stripe.PaymentMethodUpdateParams",
	"POST /payment_methods/:id/detach": "Stripe.PaymentMethodDetachParams",
};
const ANSWERS = {
	"checkout.session": "Stripe.Checkout.Session",
	payment_intent: "Stripe.PaymentIntent",
	setup_intent: "Stripe.SetupIntent",
	payment_link: "Stripe.PaymentLink",
	payment_method: "Stripe.PaymentMethod",
	customer: "Stripe.Customer",
	mandate: "Stripe.Mandate",
	charge: "Stripe.Charge",
	refund: "Stripe.Refund",
	dispute: "Stripe.Dispute",
	event: "Stripe.Event",
};
const EVENT_TYPE = "Stripe.Event['type']";

/* One alias per name in a file that exists only in memory. */
function load(names) {
	const dir = fileURLToPath(new URL(".", import.meta.url));
	const file = dir + "shapes-of-sdk.ts";
	const text = 'import Stripe from "stripe";\n' +
		names.map((n, i) => `export type T${i} = ${n};\n`).join("");
	const options = { strict: true, noEmit: true, types: [],
		module: ts.ModuleKind.NodeNext,
		moduleResolution: ts.ModuleResolutionKind.NodeNext };
	const host = ts.createCompilerHost(options);
	const { getSourceFile, fileExists } = host;
	host.fileExists = (f) => f === file || fileExists.call(host, f);
	host.getSourceFile = (f, ...rest) => f === file
		? ts.createSourceFile(f, text, ...rest)
		: getSourceFile.call(host, f, ...rest);
	const program = ts.createProgram([file], options, host);
	const source = program.getSourceFile(file);
	const checker = program.getTypeChecker();
	const types = source.statements.filter(ts.isTypeAliasDeclaration)
		.map((d) => checker.getTypeAtLocation(d.name));
	return { checker, types: new Map(names.map((n, i) => [n, types[i]])) };
}

function shaper(checker) {
	const definitions = [];
	const seen = new Map();

	const parts = (type) => type.isUnion() ? type.types : [type];
	const is = (type, flags) => (type.flags & flags) !== 0;

	function union(types) {
		const words = types.filter((t) => t.isStringLiteral())
			.map((t) => t.value);
		const any = types.filter((t) => !t.isStringLiteral() &&
			!is(t, ts.TypeFlags.Undefined | ts.TypeFlags.Null));
		const shapes = [];
		if (words.length)
			shapes.push({ words: words.sort() });
		if (any.some((t) => is(t, ts.TypeFlags.BooleanLike)))
			shapes.push("boolean");
		for (const t of any)
			if (!is(t, ts.TypeFlags.BooleanLike))
				shapes.push(one(t));
		if (shapes.length === 1)
			return shapes[0];
		return { any: shapes };
	}
	function object(type) {
		if (seen.has(type))
			return { ref: seen.get(type) };
		const ref = definitions.push(null) - 1;
		const fields = {}, required = [];

		seen.set(type, ref);
		for (const p of checker.getPropertiesOfType(type)) {
			fields[p.name] = union(parts(checker.getTypeOfSymbol(p)));
			if (!(p.flags & ts.SymbolFlags.Optional))
				required.push(p.name);
		}
		definitions[ref] = { fields, required };
		return { ref };
	}
	function one(type) {
		if (is(type, ts.TypeFlags.StringLike))
			return "string";
		if (is(type, ts.TypeFlags.NumberLike))
			return "number";
		if (checker.isArrayType(type))
			return { list: union(parts(checker.getTypeArguments(type)[0])) };
		const index = type.getStringIndexType();
		if (index)
			return { map: union(parts(index)) };
		if (is(type, ts.TypeFlags.Object))
			return object(type);
		throw new Error("no shape for " + checker.typeToString(type));
	}
	return { definitions, of: (type) => union(parts(type)) };
}

/* Names that are always there and may be null. */
function nullable(checker, type) {
	const names = new Set();
	for (const t of type.isUnion() ? type.types : [type])
		for (const p of checker.getPropertiesOfType(t)) {
			const of = checker.getTypeOfSymbol(p);
			if (!(p.flags & ts.SymbolFlags.Optional) && of.isUnion() &&
			    of.types.some((u) => u.flags & ts.TypeFlags.Null))
				names.add(p.name);
		}
	return [...names].sort();
}

const { checker, types } = load([...Object.values(REQUESTS),
	...Object.values(ANSWERS), EVENT_TYPE]);
const shaped = shaper(checker);
const requests = {}, answers = {};
for (const [route, name] of Object.entries(REQUESTS))
	requests[route] = shaped.of(types.get(name));
for (const [object, name] of Object.entries(ANSWERS))
	answers[object] = nullable(checker, types.get(name));
const events = types.get(EVENT_TYPE).types.map((t) => t.value).sort();
writeFileSync(process.argv[2], JSON.stringify(
	{ requests, answers, events, definitions: shaped.definitions }));
