import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Result, ok } from "@plimsoll/core/units";
import { type Refusal, refuse } from "./core/index.ts";
import { type Fault, Faults } from "./faults.ts";
import { type ApiKey, type Request, authenticate, readRequest, statusOf } from "./request.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";
import { Simulation, type SimulationOptions } from "./simulation.ts";
import { Sockets } from "./sockets.ts";

export interface ExchangeOptions extends Omit<SimulationOptions, "accounts"> {
  /** One key for each account; accounts come into being with their keys. */
  readonly keys: readonly ApiKey[];
}

/** A running venue: its port on 127.0.0.1, the handle that drives it, and what ends it. */
export interface RunningExchange {
  readonly port: number;
  readonly exchange: Simulation;
  readonly faults: Faults;
  /** Breaks all WebSocket connections. */
  dropSockets(): void;
  stop(): Promise<void>;
}

/** Serves the simulated exchange over the venue's REST and WebSocket protocol, on a free port of the loopback. */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const exchange = new Simulation({ ...options, accounts: [...new Set(options.keys.map(({ account }) => account))] });
  const faults = new Faults(options.seed);
  const keys = new Map(options.keys.map((key) => [key.key, key]));
  const server = createServer((request, response) => {
    serve({ exchange, faults, keys, sockets }, request, response).catch((error: unknown) => {
      // a bug in the simulation must not look like a venue's answer
      response.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
  });
  server.keepAliveTimeout = 60_000;
  const sockets = new Sockets(server, exchange);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    exchange,
    faults,
    dropSockets: () => sockets.drop(),
    stop: async () => {
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Front {
  readonly exchange: Simulation;
  readonly faults: Faults;
  readonly keys: ReadonlyMap<string, ApiKey>;
  readonly sockets: Sockets;
}

async function serve(front: Front, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of incoming) body += String(chunk);
  const key = incoming.headers["x-mbx-apikey"];
  const request = readRequest(
    incoming.method ?? "GET",
    incoming.url ?? "/",
    body,
    typeof key === "string" ? key : undefined,
  );
  const fault = front.faults.hit(request);
  await answer(response, fault, () => handle(front, request));
}

/** What goes over the wire, with the fault between the effect and the caller. */
async function answer(
  response: ServerResponse,
  fault: Fault | undefined,
  effect: () => Result<unknown, Refusal>,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
    case "overload":
      return send(response, effect());
    case "lost-reply":
      return void effect();
    case "doubled": {
      const both = [effect(), effect()] as const;
      return send(response, fault.answer === "first" ? both[0] : both[1]);
    }
    case "late-reply": {
      const late = effect();
      await sleep(fault.ms, undefined, { ref: false });
      return send(response, late);
    }
    case "disconnect":
      if (fault.effect) effect();
      return void response.destroy();
    case "error":
      if (fault.effect) effect();
      return send(response, refuse(fault.code, fault.msg), fault.status);
  }
}

function send(
  response: ServerResponse,
  result: Result<unknown, Refusal>,
  status = result.ok ? 200 : statusOf(result.failure),
): void {
  const text = JSON.stringify(result.ok ? result.value : result.failure);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

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
