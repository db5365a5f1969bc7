import { type Result, ok } from "@plimsoll/core/units";
import {
  type ApiKey,
  type Dialect,
  type ExchangeOptions,
  Faults,
  FrontServer,
  type Refusal,
  type RunningExchange,
  Simulation,
  type Written,
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
  const accounts = [...new Set(options.keys.map(({ account }) => account))];
  const simulation = new Simulation({ ...options, accounts });
  const faults = new Faults(options.seed);
  const keys = new Map(options.keys.map((key) => [key.key, key]));
  const sockets = new Sockets(simulation, keys);
  const front: Front = {
    simulation,
    startedAt: simulation.now(),
    declined: [],
    tellOrders: (account, data) => sockets.tell({ account, topic: "order", data }),
  };
  const server = new FrontServer(faults, dialectOf(front, faults, keys));
  return runFront(simulation, faults, server, sockets);
}

const dialectOf = (front: Front, faults: Faults, keys: ReadonlyMap<string, ApiKey>): Dialect<BybitRequest> => ({
  read: readBybitRequest,
  handle: (request) => {
    const { simulation } = front;
    if (simulation.now() > simulation.state.now) simulation.run({ type: "clock" });
    const answered = handle(front, keys, request);
    if (faults.forgetClosedIds) simulation.run({ type: "forget-closed" });
    return written(answered, simulation.now());
  },
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
