// npm start: builds what changed, then runs the product in this process: the demo, or the keeper on one's own accounts with --config.
import { buildWeb } from "./build.ts";

await buildWeb();
const args = process.argv.slice(2);
const verb = args.includes("--config") || args.some((arg) => arg.startsWith("--config=")) ? "serve" : "demo";
process.argv = [...process.argv.slice(0, 2), verb, ...args];
await import("plimsoll/main");
