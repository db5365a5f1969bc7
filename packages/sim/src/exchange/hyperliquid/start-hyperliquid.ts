import { fail } from "@plimsoll/core/units";
import {
  type Dialect,
  type ExchangeOptions,
  FrontServer,
  type RunningExchange,
  type Venue,
  type Written,
  answerNow,
  openVenue,
  runFront,
} from "@plimsoll/sim/exchange";
import type { Action, Answer, Front } from "./call.ts";
import { questions } from "./info-questions.ts";
import { Nonces } from "./nonces.ts";
import { orderActions } from "./order-actions.ts";
import { type HyperliquidRequest, readHyperliquidRequest } from "./request.ts";
import { settingActions } from "./setting-actions.ts";
import { Sockets } from "./sockets.ts";

const actions: ReadonlyMap<string, Action> = new Map(Object.entries({ ...orderActions, ...settingActions }));

/**
 * Serves the simulated exchange over Hyperliquid's HTTP and WebSocket protocol, on a free port of the loopback.
 * @param options of a key `account` is the user's address and `key` the address that signs: the same, or an approved agent's. The
 *   private key stays with the client: no `secret` is needed here. The exchange names accounts by their addresses in lower case.
 */
export async function startHyperliquid(options: ExchangeOptions): Promise<RunningExchange> {
  const keys = options.keys.map((key) => ({
    ...key,
    ...{ account: key.account.toLowerCase(), key: key.key.toLowerCase() },
  }));
  const venue = openVenue({ ...options, keys });
  return runFront(venue, new FrontServer(venue.faults, dialectOf(venue)), new Sockets(venue.simulation));
}

function dialectOf(venue: Venue): Dialect<HyperliquidRequest> {
  const nonces = new Nonces();
  return {
    read: readHyperliquidRequest,
    handle: (request) =>
      answerNow(venue, () =>
        request.path.startsWith("/exchange/") ? written(act(venue, nonces, request)) : inform(venue, request),
      ),
    refuse: ({ status, msg }) => ({ ...written(fail(msg)), status }),
  };
}

/** A refused action comes with HTTP status 200. */
const written = (answered: Answer): Written => ({
  status: 200,
  body: answered.ok ? { status: "ok", response: answered.value } : { status: "err", response: answered.failure },
});

const UNREADABLE: Written = { status: 422, body: "Failed to deserialize the JSON body into the target type" };

function inform(front: Front, { path, fields }: HyperliquidRequest): Written {
  const question = path.startsWith("/info/") ? questions.get(String(fields["type"])) : undefined;
  if (question === undefined) return UNREADABLE;
  const user = typeof fields["user"] === "string" ? fields["user"].toLowerCase() : "";
  return { status: 200, body: question({ ...front, fields, user }) };
}

/** Who signed, with a nonce of its own, in time, for itself: then the action. Which check comes first is assumed. */
function act(front: Front, nonces: Nonces, request: HyperliquidRequest): Answer {
  const { signer, nonce, vaultAddress, expiresAfter, fields } = request;
  const action = actions.get(String(fields["type"]));
  if (action === undefined) return fail(`Action ${String(fields["type"])} is not simulated.`);
  if (signer === undefined) return fail("Unable to recover signer.");
  const key = front.keys.get(signer);
  if (key === undefined) return fail(`User or API Wallet ${signer} does not exist.`);
  const { now } = front.simulation.state;
  const stale = nonces.take(signer, nonce, now);
  if (stale !== undefined) return fail(stale);
  if (expiresAfter !== undefined && expiresAfter < now) return fail(`Action expired at ${expiresAfter}`);
  if (vaultAddress !== undefined) return fail("Vaults and sub-accounts are not simulated.");
  return action({ ...front, fields, user: key.account });
}
