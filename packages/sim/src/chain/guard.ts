// Stands between us and the node process: when our end of the pipe closes, however we ended, the node is stopped.
import { spawn } from "node:child_process";

const [binary = "", ...args] = process.argv.slice(2);
const child = spawn(binary, args, { stdio: ["ignore", "pipe", "inherit"] });
child.stdout.pipe(process.stdout);
child.on("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code) => process.exit(code ?? 0));
/** SIGINT lets the node write the state it was asked to dump. */
const stop = () => child.kill("SIGINT");
process.stdin.on("end", stop).on("error", stop).resume();
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
process.stdout.on("error", stop);
