import type { AddressInfo } from "node:net";
import websocket from "@fastify/websocket";
import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { streamProtocol } from "@plimsoll/server/contract";
import type { LiveSource } from "@plimsoll/server/view";
import fastify, { type FastifyInstance } from "fastify";
import { type ZodTypeProvider, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import * as z from "zod";
import type { Control } from "./control.ts";
import { addControlRoutes } from "./control-routes.ts";
import { type Door, guardDoor } from "./door.ts";
import { describeApi } from "./openapi.ts";
import { builtPage, servePage } from "./page.ts";
import { answerProblems } from "./problem.ts";
import { addRoutes } from "./routes.ts";
import { type Pace, type Stream, openStream, usualPace } from "./stream.ts";
import { readToken } from "./token.ts";

export interface ServerOptions {
  readonly source: LiveSource;
  readonly version: string;
  /** The host's acting half; without one the API can only be read. */
  readonly control?: Control;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where to listen; anything but loopback needs `hosts` too. */
  readonly host?: string;
  /** Further names under which the server may be called, with port: "plimsoll.example:443". */
  readonly hosts?: readonly string[];
  readonly token?: string;
  /** Folder of the built dashboard. */
  readonly page?: string;
  readonly pace?: Partial<Pace>;
  /** Where bugs and the source's errors are written. */
  readonly report?: (error: unknown) => void;
  /** The clock in milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface Server {
  /** Opens the dashboard; its fragment carries the token, which no server or log ever sees. */
  readonly url: string;
  readonly token: string;
  readonly port: number;
  /** Whether a dashboard is served, or only the API. */
  readonly dashboard: boolean;
  readonly app: FastifyInstance;
  stop(): Promise<void>;
}

const loopback = ["127.0.0.1", "localhost", "[::1]", "::1"];

/** Serves one source on one port. Failures: a weak token, a bind beyond loopback without names, a port in use or refused. */
export async function startServer(options: ServerOptions): Promise<Result<Server, Why>> {
  const { source, version, control, port, host = "127.0.0.1", hosts = [], now = Date.now } = options;
  const report = options.report ?? ((error) => console.error(error));
  const pace = { ...usualPace, ...options.pace };
  const token = readToken(options.token);
  if (!token.ok) return token;
  if (!loopback.includes(host) && hosts.length === 0) {
    const next = "bind 127.0.0.1 behind a proxy with TLS, or list the names callers use in server.hosts";
    return fail(why("server/not-loopback", { host, next }));
  }
  const door = { token: token.value, hosts: new Set(hosts.map((name) => name.toLowerCase())) };
  const page = options.page ?? builtPage();
  const stream = await openStream(source, pace, now, report);
  const app = await buildApp({ source, version, control, page, door, stream, report, staleAfterMs: pace.staleAfterMs });
  try {
    await app.listen({ port, host });
  } catch (error) {
    await app.close();
    return fail(sayListenFailure(error as NodeJS.ErrnoException, host, port));
  }
  const bound = (app.server.address() as AddressInfo).port;
  for (const name of loopback.slice(0, 3)) door.hosts.add(`${name}:${bound}`);
  return ok({
    url: `http://${host.includes(":") ? "[::1]" : host}:${bound}/#token=${token.value}`,
    token: token.value,
    port: bound,
    dashboard: app.hasRoute({ method: "GET", url: "/*" }),
    app,
    stop: () => app.close(),
  });
}

/** Where a returning reader of the stream left off. */
const Place = z.object({ session: z.string().optional(), after: z.coerce.number().int().min(0).optional() });

interface Parts {
  readonly source: LiveSource;
  readonly version: string;
  readonly control: Control | undefined;
  readonly page: string;
  readonly door: Door;
  readonly stream: Stream;
  readonly report: (error: unknown) => void;
  readonly staleAfterMs: number;
}

async function buildApp({
  source,
  version,
  control,
  page,
  door,
  stream,
  report,
  staleAfterMs,
}: Parts): Promise<FastifyInstance> {
  const app = fastify({ logger: false, bodyLimit: 65_536, forceCloseConnections: true });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerProblems(app, report);
  app.addHook("preClose", async () => stream.stop()); // before the library closes the sockets without a reason
  await app.register(websocket, {
    options: { maxPayload: 4_096, handleProtocols: (offered) => offered.has(streamProtocol) && streamProtocol },
  });
  guardDoor(app, door); // after the library's own hook, which closes the socket of a refused upgrade
  await describeApi(app, version);
  await servePage(app, page);
  addRoutes(app, source, stream, version, staleAfterMs);
  addControlRoutes(app, control);
  app
    .withTypeProvider<ZodTypeProvider>()
    .get(
      "/api/v1/stream",
      { websocket: true, schema: { hide: true, querystring: Place } },
      (socket, { query: { session, after } }) => {
        socket.on("close", () => stream.leave(socket));
        socket.on("error", () => stream.leave(socket));
        stream.join(socket, session !== undefined && after !== undefined ? { session, after } : undefined);
      },
    );
  return app;
}

function sayListenFailure({ code, message }: NodeJS.ErrnoException, host: string, port: number): Why {
  const facts = { host, port: String(port) };
  if (code === "EADDRINUSE")
    return why("server/port-in-use", {
      ...facts,
      detail: `port ${port} on ${host} is taken by another program, perhaps another Plimsoll`,
      next: "stop that program, or choose another port with --port; --port 0 takes any free one",
    });
  return why("server/cannot-listen", { ...facts, detail: message, next: "choose another port with --port" });
}
