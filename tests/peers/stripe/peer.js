/* A counterpart: its world, the API and the control interface on it. */
import { once } from "node:events";
import Stripe from "stripe";
import { controlServer } from "./control.js";
import { Faults } from "./faults.js";
import { Hooks } from "./hooks.js";
import { apiServer } from "./server.js";
import { World } from "./world.js";

async function listen(server) {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return `http://127.0.0.1:${server.address().port}`;
}

/* Gives {api, control} as URLs, the API's version, and close(). */
export async function open(secret) {
	const peer = { world: new World(Stripe.API_VERSION), faults: new Faults(),
		hooks: new Hooks(), log: [] };
	const servers = [apiServer(peer), controlServer(peer)];

	peer.world.announce = (account, event) => peer.hooks.announce(event);
	peer.world.account(secret);
	const [api, control] = await Promise.all(servers.map(listen));
	return { api, control, version: peer.world.version, close() {
		for (const server of servers) {
			server.close();
			server.closeAllConnections();
		}
	} };
}
