import { type Result, ok } from "@plimsoll/core/units";
import {
  type ApiKey,
  type Dialect,
  type ExchangeOptions,
  FrontServer,
  type Refusal,
  type Request,
  type RunningExchange,
  type Venue,
  answerNow,
  openVenue,
  readRequest,
  refuse,
  runFront,
} from "@plimsoll/sim/exchange";
import { authenticate, statusOf } from "./authenticate.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";
import { Sockets } from "./sockets.ts";

/** Serves the simulated exchange over the venue's REST and WebSocket protocol, on a free port of the loopback. */
export async function startBinance(options: ExchangeOptions): Promise<RunningExchange> {
  const venue = openVenue(options);
  const sockets = new Sockets(venue.simulation);
  const server = new FrontServer(venue.faults, dialectOf({ ...venue, sockets }));
  return runFront(venue, server, sockets);
}

interface Front extends Venue {
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

function handle(front: Front, request: Request): Result<unknown, Refusal> {
  const { simulation, sockets, keys } = front;
  const route = routes[`${request.method} ${request.path}`];
  if (route === undefined) return refuse(-5000, `Path ${request.path}, Method ${request.method} is invalid`);
  return answerNow(front, () => {
    const key = authorize(route, request, keys, simulation.now());
    return key.ok ? route.answer({ simulation, sockets, params: request.params, key: key.value }) : key;
  });
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
