/*
 * node main.js SECRET_KEY: says where it listens as one line of JSON and serves
 * until its standard input ends.
 */
import { open } from "./peer.js";

const peer = await open(process.argv[2]);

console.log(JSON.stringify(peer));
process.stdin.on("end", () => process.exit(0)).resume();
