import { chmodSync, rmSync } from "node:fs";
import { type Server, type Socket, createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type HoldingId, type Ms, type Result, type Why, fail, ms, ok, why } from "@plimsoll/core/units";
import { openCounters } from "./counters.ts";
import { openSeal } from "./seal.ts";
import { type SignerAccount, type SignerPorts, answerLine } from "./signer.ts";

export const SIGNER_SOCKET = "signer.sock";
export const signerSocketIn = (folder: string): string => join(folder, SIGNER_SOCKET);

export interface RunningSigner {
  readonly socket: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves a signer on a socket in its folder that its owner alone may open. It listens nowhere else, runs no command, and reaches the
 * network through the actors it was given.
 * @returns failures of the counters; `signer/not-listening`.
 */
export async function serveSigner(
  folder: string,
  accounts: ReadonlyMap<HoldingId, SignerAccount>,
  clock: () => Ms = () => ms(Date.now()),
): Promise<Result<RunningSigner, Why>> {
  const counters = openCounters(folder);
  if (!counters.ok) return counters;
  const socket = signerSocketIn(folder);
  const open = new Set<Socket>();
  try {
    const ports: SignerPorts = { accounts, counters: counters.value, seal: openSeal(folder), clock };
    rmSync(socket, { force: true }); // of a signer that was killed: the counters' lock says that none runs
    const server = await listening(socket, (client) => {
      open.add(client);
      client.on("close", () => open.delete(client));
      serve(ports, client);
    });
    chmodSync(socket, 0o600);
    return ok({
      socket,
      stop: async () => {
        for (const client of open) client.destroy();
        await new Promise<void>((resolve) => server.close(() => resolve()));
        counters.value.close();
      },
    });
  } catch (error) {
    counters.value.close();
    return fail(why("signer/not-listening", { socket, detail: String(error), next: "make its folder writable" }));
  }
}

/** The socket is its owner's alone from its first moment: the mask holds while it is made. */
async function listening(socket: string, connected: (client: Socket) => void): Promise<Server> {
  const server = createServer(connected);
  const mask = process.umask(0o177);
  try {
    const made = new Promise<void>((resolve, reject) => server.once("error", reject).listen(socket, resolve));
    await made;
  } finally {
    process.umask(mask);
  }
  return server;
}

const LONGEST_LINE = 8_000_000;

function serve(ports: SignerPorts, client: Socket): void {
  client.on("error", () => client.destroy());
  let bytes = 0;
  client.on("data", (chunk: Buffer) => {
    bytes = chunk.includes(10) ? 0 : bytes + chunk.length;
    if (bytes > LONGEST_LINE) client.destroy();
  });
  const lines = createInterface({ input: client, crlfDelay: Infinity });
  lines.on("error", () => client.destroy());
  lines.on("line", (line) => {
    void answerLine(ports, line).then((answer) => client.writable && client.write(`${answer}\n`));
  });
}
