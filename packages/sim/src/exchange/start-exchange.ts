import { type Result, ok } from "@plimsoll/core/units";
import { type Refusal, refuse } from "./core/index.ts";
import { Faults } from "./faults.ts";
import { type Dialect, FrontServer } from "./front-server.ts";
import { type ApiKey, type Request, authenticate, readRequest, statusOf } from "./request.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";
import { type RunningExchange, runFront } from "./running-exchange.ts";
import { Simulation, type SimulationOptions } from "./simulation.ts";
import { Sockets } from "./sockets.ts";

export interface ExchangeOptions extends Omit<SimulationOptions, "accounts"> {
  /** One key for each account; accounts come into being with their keys. */
  readonly keys: readonly ApiKey[];
}

/** Serves the simulated exchange over the venue's REST and WebSocket protocol, on a free port of the loopback. */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const exchange = new Simulation({ ...options, accounts: [...new Set(options.keys.map(({ account }) => account))] });
  const faults = new Faults(options.seed);
  const keys = new Map(options.keys.map((key) => [key.key, key]));
  const sockets = new Sockets(exchange);
  const server = new FrontServer(faults, dialectOf({ exchange, faults, keys, sockets }));
  return runFront(exchange, faults, server, sockets);
}

interface Front {
  readonly exchange: Simulation;
  readonly faults: Faults;
  readonly keys: ReadonlyMap<string, ApiKey>;
  readonly sockets: Sockets;
}

const dialectOf = (front: Front): Dialect<Request> => ({
  read: ({ method = "GET", url = "/", headers }, body) => {
    const key = headers["x-mbx-apikey"];
    return readRequest(method, url, body, typeof key === "string" ? key : undefined);
  },
  handle: (request) => {
    const result = handle(front, request);
    return result.ok ? { status: 200, body: result.value } : { status: statusOf(result.failure), body: result.failure };
  },
  refuse: ({ status, code, msg }) => ({ status, body: { code, msg } }),
});

function handle({ exchange, faults, keys, sockets }: Front, request: Request): Result<unknown, Refusal> {
  const route = routes[`${request.method} ${request.path}`];
  if (route === undefined) return refuse(-5000, `Path ${request.path}, Method ${request.method} is invalid`);
  if (exchange.now() > exchange.state.now) exchange.run({ type: "clock" });
  const key = authorize(route, request, keys, exchange.now());
  if (!key.ok) return key;
  const answered = route.answer({ simulation: exchange, sockets, params: request.params, key: key.value });
  if (faults.forgetClosedIds) exchange.run({ type: "forget-closed" });
  return answered;
}

function authorize(
  { needs }: Route,
  request: Request,
  keys: ReadonlyMap<string, ApiKey>,
  now: number,
): Result<ApiKey | undefined, Refusal> {
  if (needs === "open") return ok(undefined);
  const key = authenticate(request, keys, now, needs !== "key");
  if (key.ok && needs === "trade" && key.value.trade === false)
    return refuse(-2015, "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1");
  return key;
}
