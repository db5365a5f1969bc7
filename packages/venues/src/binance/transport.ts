import type { pro } from "ccxt";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";

/** The client that carries our calls: ccxt's USD-M class with sockets. Only its addresses, signatures and sockets are used. */
export type Client = InstanceType<typeof pro.binanceusdm>;

/** A call without a usable answer; `status` and `code` are absent when the venue did not speak. */
export interface Trouble {
  readonly status?: number;
  readonly code?: number;
  readonly message: string;
  readonly cause?: unknown;
}

class Refused extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

const prepared = new WeakSet<Client>();

/** Keeps the venue's own status and code of a refusal: ccxt would fold both into the class and text of an exception. */
function keepRefusals(client: Client): void {
  if (prepared.has(client)) return;
  prepared.add(client);
  // a message is sent once; whether it is sent again is decided outside
  client.options["maxRetriesOnFailure"] = 0;
  client.handleErrors = (status: number, reason: string, _url, _method, _headers, body: string | undefined) => {
    const said = /"code"\s*:\s*"?(-?\d+)/.exec(body ?? "")?.[1];
    const code = said === undefined ? undefined : Number(said);
    if (status < 400 && (code === undefined || code >= 0)) return undefined;
    const message =
      /"msg"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body ?? "")?.[1] ?? (body === "" ? reason : (body ?? reason));
    throw new Refused(code === undefined ? { status, message } : { status, code, message });
  };
}

/** Makes one call; a refusal of the venue and an exception of the library both become a failure. */
export async function call(
  client: Client,
  make: (client: Client) => Promise<unknown>,
): Promise<Result<unknown, Trouble>> {
  keepRefusals(client);
  try {
    return ok(await make(client));
  } catch (error) {
    if (error instanceof Refused) return fail(error.trouble);
    return fail({ message: error instanceof Error ? error.message : String(error), cause: error });
  }
}

/** Why a reading failed. */
const unreached = (what: string, { status, code, message }: Trouble): Why =>
  why("binance/unreached", {
    call: what,
    status: `${status ?? "none"}`,
    code: `${code ?? "none"}`,
    detail: message,
    next: "check connection, key and clock of this machine; the reading is tried again",
  });

/** One reading call: the answer, or why it could not be had. */
export async function ask(
  client: Client,
  what: string,
  make: (client: Client) => Promise<unknown>,
): Promise<Result<unknown, Why>> {
  const answer = await call(client, make);
  return answer.ok ? answer : fail(unreached(what, answer.failure));
}
