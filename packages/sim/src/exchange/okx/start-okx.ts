import { type Result, ok } from "@plimsoll/core/units";
import {
  type Dialect,
  type ExchangeOptions,
  FrontServer,
  type Refusal,
  type RunningExchange,
  type Venue,
  type Written,
  answerNow,
  openVenue,
  refuse,
  runFront,
} from "@plimsoll/sim/exchange";
import { accountRoutes } from "./account-routes.ts";
import { algoRoutes } from "./algo-routes.ts";
import type { Answer, Front, OkxKey, Route } from "./call.ts";
import { contractSize } from "./contract.ts";
import { marketRoutes } from "./market-routes.ts";
import { orderRow } from "./order-payload.ts";
import { orderRoutes } from "./order-routes.ts";
import { FORBIDDEN, NO_PATH, badParameter } from "./refusals.ts";
import { type OkxRequest, authenticate, readOkxRequest } from "./request.ts";
import { Sockets } from "./sockets.ts";

export type { OkxKey } from "./call.ts";
export type OkxOptions = ExchangeOptions<OkxKey>;

const routes: Readonly<Record<string, Route>> = { ...marketRoutes, ...accountRoutes, ...orderRoutes, ...algoRoutes };

/**
 * Serves the simulated exchange over OKX's v5 REST and WebSocket protocol, on a free port of the loopback.
 * @throws on an instrument whose contract size at this venue is not known.
 */
export async function startOkx(options: OkxOptions): Promise<RunningExchange> {
  for (const instrument of options.instruments) contractSize(instrument);
  const venue = openVenue(options);
  const { simulation, faults, keys } = venue;
  const sockets = new Sockets(simulation, keys);
  const front: Front = {
    simulation,
    openedAt: options.prices,
    declined: [],
    tellDeclined: (order) =>
      sockets.tell({ account: order.account, channel: "orders", data: [orderRow(simulation, order)] }),
  };
  return runFront(venue, new FrontServer(faults, dialectOf(front, venue)), sockets);
}

const dialectOf = (front: Front, venue: Venue<OkxKey>): Dialect<OkxRequest> => ({
  read: readOkxRequest,
  handle: (request) =>
    answerNow(venue, () => {
      const answered = handle(front, venue.keys, request);
      if (venue.faults.forgetClosedIds) front.declined.length = 0;
      return written(answered);
    }),
  refuse: ({ status, code, msg }) => ({ ...written(refuse(code, msg)), status }),
});

/**
 * Refusals of the caller's credentials have an HTTP status of their own, all others 200: the code in the body says it, and that of
 * each row of what changed orders. @source OKX API documentation, error codes
 */
function written(answered: Answer): Written {
  if (!answered.ok) {
    const { code, msg } = answered.failure;
    const status = code === NO_PATH.failure.code ? 404 : code > 50_100 && code < 50_115 ? 401 : 200;
    return { status, body: { code: `${code}`, msg, data: [] } };
  }
  const data = answered.value;
  const failed = data.filter((row) => (row as { readonly sCode?: string }).sCode !== undefined && !isDone(row)).length;
  const code = failed === 0 ? "0" : failed === data.length ? "1" : "2";
  const words = { "0": "", "1": "All operations failed", "2": "Bulk operation partially succeeded" } as const;
  return { status: 200, body: { code, msg: words[code], data } };
}
const isDone = (row: unknown): boolean => (row as { readonly sCode?: string }).sCode === "0";

function handle(front: Front, keys: ReadonlyMap<string, OkxKey>, request: OkxRequest): Answer {
  const route = routes[`${request.method} ${request.path}`];
  if (route === undefined) return NO_PATH;
  const key: Result<OkxKey | undefined, Refusal> =
    route.needs === "open" ? ok(undefined) : authenticate(request, keys, front.simulation.now());
  if (!key.ok) return key;
  if (route.needs === "trade" && key.value?.trade === false) return FORBIDDEN;
  const { params, rows } = request;
  const foreign = rows.flatMap((row) => [...row.keys()]).find((name) => !route.takes.includes(name));
  if (foreign !== undefined) return badParameter(foreign);
  return route.answer({ ...front, params, rows, key: key.value });
}
