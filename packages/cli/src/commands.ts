import type { Command } from "commander";
import type { Finish, Out } from "./out.ts";

/** Makes one command. */
export type Make = (out: Out, finish: Finish) => Command;

/** Every command by its name, in the order of the help; each is loaded when it is asked for: all together take a second to load. */
export const commands: ReadonlyMap<string, () => Promise<Make>> = new Map([
  ["check", async () => (await import("./check-command.ts")).checkCommand],
  ["plan", async () => (await import("./plan-command.ts")).planCommand],
  ["act", async () => (await import("./act-command.ts")).actCommand],
  ["panic", async () => (await import("./panic-command.ts")).panicCommand],
  ["guard", async () => (await import("./guard-command.ts")).guardCommand],
  ["guardian", async () => (await import("./guardian-command.ts")).guardianCommand],
  ["execute", async () => (await import("./execute-command.ts")).executeCommand],
  ["drill", async () => (await import("./drill-command.ts")).drillCommand],
  ["demo", async () => (await import("./demo-command.ts")).demoCommand],
  ["serve", async () => (await import("./serve-command.ts")).serveCommand],
  ["signer", async () => (await import("./signer-command.ts")).signerCommand],
  ["alerts", async () => (await import("./alerts-command.ts")).alertsCommand],
  ["verify", async () => (await import("./verify-command.ts")).verifyCommand],
  ["evidence", async () => (await import("./journal-commands.ts")).evidenceCommand],
  ["backup", async () => (await import("./journal-commands.ts")).backupCommand],
  ["doctor", async () => (await import("./doctor-command.ts")).doctorCommand],
  ["config", async () => (await import("./config-command.ts")).configCommand],
  ["keys", async () => (await import("./keys-command.ts")).keysCommand],
  ["venue", async () => (await import("./venue-command.ts")).venueCommand],
]);

/** The commands that a line needs: the one that it names, none for the version, else all, so that help and complaints know them. */
export async function commandsFor([asked = ""]: readonly string[]): Promise<readonly Make[]> {
  if (asked === "--version" || asked === "-V") return [];
  const one = commands.get(asked);
  return Promise.all((one === undefined ? [...commands.values()] : [one]).map((load) => load()));
}
