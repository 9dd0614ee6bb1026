/* An answer that is an error, in the API's words. */
export class Refusal extends Error {
	constructor(status, error, headers = {}) {
		super(error.message);
		this.status = status;
		this.body = { error: { type: "invalid_request_error", ...error } };
		this.headers = headers;
	}
}

export const bad = (code, param, message) =>
	new Refusal(400, { code, param, message });
/* What is asked for is not there; or what a parameter names. */
export const missing = (what, id, param) => new Refusal(param ? 400 : 404,
	{ code: "resource_missing", param: param ?? "id",
		message: `No such ${what}: '${id}'` });
