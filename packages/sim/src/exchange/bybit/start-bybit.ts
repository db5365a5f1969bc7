import { type Result, ok } from "@plimsoll/core/units";
import {
  type ApiKey,
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
import type { Front, Route } from "./call.ts";
import { marketRoutes } from "./market-routes.ts";
import { orderRoutes } from "./order-routes.ts";
import { FORBIDDEN } from "./refusals.ts";
import { type BybitRequest, authenticate, readBybitRequest } from "./request.ts";
import { Sockets } from "./sockets.ts";

const routes: Readonly<Record<string, Route>> = { ...marketRoutes, ...accountRoutes, ...orderRoutes };

/** Serves the simulated exchange over Bybit's v5 REST and WebSocket protocol, on a free port of the loopback. */
export async function startBybit(options: ExchangeOptions): Promise<RunningExchange> {
  const venue = openVenue(options);
  const { simulation, faults, keys } = venue;
  const sockets = new Sockets(simulation, keys);
  const front: Front = {
    simulation,
    startedAt: simulation.now(),
    declined: [],
    tellOrders: (account, data) => sockets.tell({ account, topic: "order", data }),
  };
  return runFront(venue, new FrontServer(faults, dialectOf(front, venue)), sockets);
}

const dialectOf = (front: Front, venue: Venue): Dialect<BybitRequest> => ({
  read: readBybitRequest,
  handle: (request) => answerNow(venue, () => written(handle(front, venue.keys, request), front.simulation.now())),
  refuse: ({ status, code, msg }) => ({ ...written(refuse(code, msg), front.simulation.now()), status }),
});

/** A refusal comes with HTTP status 200 like everything else: the code in the body says it. */
const written = (answered: Result<unknown, Refusal>, time: number): Written => ({
  status: 200,
  body: {
    retCode: answered.ok ? 0 : answered.failure.code,
    retMsg: answered.ok ? "OK" : answered.failure.msg,
    result: answered.ok ? answered.value : {},
    retExtInfo: {},
    time,
  },
});

function handle(front: Front, keys: ReadonlyMap<string, ApiKey>, request: BybitRequest): Result<unknown, Refusal> {
  const route = routes[`${request.method} ${request.path}`];
  if (route === undefined) return refuse(10_017, "Route not found.");
  const key: Result<ApiKey | undefined, Refusal> =
    route.needs === "open" ? ok(undefined) : authenticate(request, keys, front.simulation.now());
  if (!key.ok) return key;
  if (route.needs === "trade" && key.value?.trade === false) return FORBIDDEN;
  return route.answer({ ...front, params: request.params, key: key.value });
}
