/*
 * Idempotency keys of an account: kept for a day of its clock, from when a
 * request that was well formed began.  What came of it is answered again, also
 * a 500.
 */
import { Refusal } from "./refusal.js";

const DAY = 86400, LONGEST = 255;

/* The answer that was given; null: this request is the first. */
export function begin(account, key, parameters) {
	const now = account.world.now();
	const known = account.keys.get(key);

	if (key.length > LONGEST)
		throw new Refusal(400, { type: "idempotency_error",
			message: "Idempotency keys have at most 255 characters." });
	if (!known || now - known.at >= DAY) {
		account.keys.set(key, { at: now, parameters, answer: null });
		return null;
	}
	if (known.parameters !== parameters)
		throw new Refusal(400, { type: "idempotency_error", message:
			"Keys for idempotent requests can only be used with the same " +
			"parameters they were first used with. Try using a key other " +
			`than '${key}' if you meant to execute a different request.` });
	if (!known.answer)
		throw new Refusal(409, { type: "idempotency_error",
			code: "idempotency_key_in_use", message: "There is currently " +
			"another in-progress request using this Idempotent Key." });
	return { ...known.answer, headers: { ...known.answer.headers,
		"Idempotent-Replayed": "true" } };
}

export const keep = (account, key, answer) => {
	account.keys.get(key).answer = answer;
};
/* It did not begin after all. */
export const forget = (account, key) => account.keys.delete(key);
