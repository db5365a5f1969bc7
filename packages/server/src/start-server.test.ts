import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Trouble } from "@plimsoll/core/turn";
import { dec, hash, ms, why } from "@plimsoll/core/units";
import { Book, Frame, Problem, streamProtocol, tokenProtocol } from "@plimsoll/server/contract";
import { START, type ScriptedSource, sampleBook, scriptedSource } from "@plimsoll/server/testing";
import type { LiveSource } from "@plimsoll/server/view";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import { type Server, startServer } from "./start-server.ts";

const pace = { everyMs: 10, heartbeatMs: 40, staleAfterMs: 1_000, held: 4 };
let source: ScriptedSource;
let server: Server;
const errors: unknown[] = [];

async function start(options: Partial<Parameters<typeof startServer>[0]> = {}): Promise<Server> {
  const report = (error: unknown) => void errors.push(error);
  const started = await startServer({ source, version: "1.2.3", port: 0, pace, report, page: "/nowhere", ...options });
  if (!started.ok) throw new Error(started.failure.code);
  return started.value;
}
beforeEach(async () => {
  errors.length = 0;
  source = scriptedSource();
  server = await start();
});
afterEach(async () => {
  await server.stop();
  if (errors.length > 0) throw new AggregateError(errors, "the server reported errors");
});

const own = () => `127.0.0.1:${server.port}`;
const bearer = () => ({ host: own(), authorization: `Bearer ${server.token}` });
const get = (url: string, headers: Record<string, string> = bearer()) => server.app.inject({ url, headers });

test.each([
  ["no token", () => ({ host: own() }), 401, "no-token"],
  ["a wrong token", () => ({ host: own(), authorization: "Bearer 0123456789abcdef0123" }), 401, "no-token"],
  ["the token in the query is not looked at", () => ({ host: own() }), 401, "no-token"],
  ["another name (DNS rebinding)", () => ({ ...bearer(), host: `evil.example:${server.port}` }), 421, "wrong-host"],
  ["our name on another port", () => ({ ...bearer(), host: "127.0.0.1:1" }), 421, "wrong-host"],
  ["a page of another site", () => ({ ...bearer(), origin: "https://evil.example" }), 403, "wrong-origin"],
  ["a sandboxed page", () => ({ ...bearer(), origin: "null" }), 403, "wrong-origin"],
] as const)("refused with %s", async (name, headers, status, code) => {
  const answer = await get(name.includes("query") ? `/api/v1/book?token=${server.token}` : "/api/v1/book", headers());
  expect(answer.statusCode).toBe(status);
  expect(answer.headers["content-type"]).toMatch("application/problem+json");
  expect(Problem.parse(answer.json())).toMatchObject({ status, code });
});

test.each([
  ["our own page", () => ({ ...bearer(), origin: `http://${own()}` })],
  ["localhost", () => ({ ...bearer(), host: `localhost:${server.port}` })],
])("answered from %s", async (_name, headers) => expect((await get("/api/v1/book", headers())).statusCode).toBe(200));

test("every answer fits the OpenAPI 3.1 document, as another validator reads it", async () => {
  source.play({ happening: { is: "note", text: "started" } });
  const document = (await get("/api/v1/openapi.json")).json<OpenApi>();
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\.\d+$/), info: { version: "1.2.3" } });
  const ajv = new Ajv2020({ strict: true, formats: { "date-time": true }, allErrors: true });
  ajv.addVocabulary(["components"]); // the schemas lie under a word of OpenAPI's
  ajv.addSchema({ $id: "doc:", components: document.components });
  const local = (schema: object) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc:#/')) as object;
  for (const name of Object.keys(document.components.schemas)) ajv.getSchema(`doc:#/components/schemas/${name}`);
  const paths = Object.keys(document.paths);
  expect(paths.toSorted()).toEqual([
    "/api/v1/activity",
    "/api/v1/alerts",
    "/api/v1/book",
    "/api/v1/coverage",
    "/api/v1/evidence",
    "/api/v1/guards",
    "/api/v1/guards/{id}",
    "/api/v1/guards/{id}/arming",
    "/api/v1/guards/{id}/mode",
    "/api/v1/guards/{id}/rehearsal",
    "/api/v1/mode",
    "/api/v1/panic",
    "/api/v1/plans",
    "/api/v1/plans/{hash}/act",
    "/health",
    "/ready",
  ]);
  for (const path of paths) {
    const operation = document.paths[path]?.["get"];
    if (operation === undefined) continue; // what acts is asked where a host can act
    const answer = await get(path);
    const response = operation.responses[String(answer.statusCode)];
    expect(response?.description).toBeTypeOf("string");
    const schema = response?.content["application/json"]?.schema;
    expect(schema).toBeDefined();
    const fits = ajv.compile(local(schema as object));
    expect(fits(answer.json()) || fits.errors).toBe(true);
    expect(fits({ ...answer.json<object>(), surprise: 1 })).toBe(false);
  }
});
interface OpenApi {
  components: { schemas: Record<string, object> };
  paths: Record<
    string,
    Record<string, { responses: Record<string, { description: string; content: Record<string, { schema: object }> }> }>
  >;
}

test("every schema that the OpenAPI document points at is in it", async () => {
  const { payload } = await get("/api/v1/openapi.json");
  const { components } = JSON.parse(payload) as OpenApi;
  const named = [...payload.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = ""]) => name);
  expect(named).toContain("Arming");
  expect(named.filter((name) => !(name in components.schemas))).toEqual([]);
});

const acting = [
  ["POST", "/api/v1/guards", { written: "name: x" }],
  ["DELETE", "/api/v1/guards/x", undefined],
  ["PUT", "/api/v1/guards/x/mode", { mode: "armed", confirm: "0123456789ab" }],
  ["POST", "/api/v1/plans", {}],
  ["POST", "/api/v1/plans/0123456789ab/act", undefined],
  ["PUT", "/api/v1/mode", { mode: "halted" }],
  ["POST", "/api/v1/panic", { confirm: "panic" }],
] as const;
test.each(acting)("%s %s needs the token and our own page, and a host that can act", async (method, url, body) => {
  const ask = async (headers: Record<string, string>) => {
    const answer = await server.app.inject({ method, url, headers, ...(body && { body }) });
    return [answer.statusCode, answer.json<Problem>().code];
  };
  expect(await ask({ host: own() })).toEqual([401, "no-token"]);
  expect(await ask({ ...bearer(), origin: "https://evil.example" })).toEqual([403, "wrong-origin"]);
  expect(await ask(bearer())).toEqual([501, "read-only"]);
});

test("the book says what the whole house may do: where it is halted no guard of it is armed, and its troubles are told", async () => {
  const because = why("level", { detail: "14.3% to the line" });
  const trouble: Trouble = {
    ...{ identity: "desk/cross:USDT/level", id: hash("0a".repeat(32)), first: ms(START - 60_000), seen: START },
    worst: "danger",
    danger: "act",
    because,
  };
  source.play({ book: { ...sampleBook(), mode: "halted", troubles: [trouble] } });
  const book = Book.parse((await get("/api/v1/book")).json());
  expect([book.house, book.mode, book.coverage.armed]).toEqual(["halted", "shadow", 0]);
  const { items } = (await get("/api/v1/alerts")).json<{ items: Book["alerts"] }>();
  expect(items).toEqual(book.alerts);
  expect(items[0]).toMatchObject({ worst: "danger", danger: "act", text: "14.3% to the line", last: { ms: START } });
  expect((await get("/api/v1/mode")).json()).toEqual({ mode: "halted" });
});

test("activity is paged newest first, without a gap or a repeat", async () => {
  for (let n = 1; n <= 7; n++) source.play({ happening: { is: "note", text: `n${n}` } });
  const titles: string[] = [];
  let url = "/api/v1/activity?limit=3";
  for (let page = 0; page < 3; page++) {
    const { items, next } = (await get(url)).json<{ items: { title: string }[]; next?: string }>();
    titles.push(...items.map(({ title }) => title));
    expect(next === undefined).toBe(page === 2);
    url = `/api/v1/activity?limit=3&before=${next}`;
  }
  expect(titles).toEqual(["n7", "n6", "n5", "n4", "n3", "n2", "n1"]);
  expect((await get("/api/v1/activity?limit=7")).json()).not.toHaveProperty("next");
  expect((await get("/api/v1/activity?limit=0")).json<Problem>()).toMatchObject({ status: 400, code: "bad-request" });
});

test("not ready while an account is unknown; ready when all are judged", async () => {
  expect((await get("/ready", { host: own() })).statusCode).toBe(503);
  const book = sampleBook();
  const reader = listen();
  await reader.next("snapshot");
  source.play({ book: { ...book, accounts: book.accounts.filter(({ danger }) => danger !== "unknown") } });
  await reader.next("delta");
  expect((await get("/ready", { host: own() })).json()).toMatchObject({ ready: true, unknown: 0, unprotected: 4 });
  source.play({ book: { ...book, accounts: [] } });
  expect((await reader.next("delta")).change.head?.danger).toBe("unknown");
  expect((await get("/ready", { host: own() })).statusCode).toBe(503);
  reader.socket.close();
});

test("the policy of the page allows our scripts and WebAssembly, nothing inline", async () => {
  const { headers } = await get("/health", { host: own() });
  const policy = String(headers["content-security-policy"]).split(";");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).toContain("default-src 'none'");
});

test("a dashboard that is not built is said plainly", async () => {
  const answer = await get("/", { host: own() });
  expect(answer.json<Problem>()).toMatchObject({ code: "page-not-built", next: expect.stringContaining("npm start") });
  expect(server.dashboard).toBe(false);
});

/** A real WebSocket that keeps what it is sent; every frame must fit the contract. */
function listen(options: { query?: string; protocols?: string[]; headers?: Record<string, string> } = {}) {
  const { query = "", protocols = [streamProtocol, tokenProtocol(server.token)], headers = {} } = options;
  const socket = new WebSocket(`ws://${own()}/api/v1/stream${query}`, protocols, { headers });
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.on("message", (data: Buffer) => {
    frames.push(Frame.parse(JSON.parse(data.toString())));
    for (const wake of waiting) wake();
  });
  let seen = 0;
  async function next<T extends Frame["type"]>(type: T): Promise<Extract<Frame, { type: T }>> {
    for (;;) {
      const found = frames.findIndex((frame, at) => at >= seen && frame.type === type);
      if (found >= 0) {
        seen = found + 1;
        return frames[found] as Extract<Frame, { type: T }>;
      }
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  }
  return { socket, frames, next };
}

test.each([
  ["no token", { protocols: [streamProtocol] }, 401],
  ["a wrong token", { protocols: [streamProtocol, tokenProtocol("0123456789abcdef0123")] }, 401],
  ["another origin", { headers: { origin: "https://evil.example" } }, 403],
  ["another host", { headers: { host: "evil.example" } }, 421],
] as const)("the stream is refused with %s", async (_name, { ...options }, status) => {
  const { socket } = listen(options as Parameters<typeof listen>[0]);
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [
    unknown,
    { statusCode: number; destroy(): void },
  ];
  expect(response.statusCode).toBe(status);
  socket.terminate();
});

test("a reader gets a snapshot, then deltas in sequence, then heartbeats with the silence of the source", async () => {
  const reader = listen();
  const first = await reader.next("snapshot");
  expect(first.scenery.book.accounts.map(({ danger }) => danger)).toEqual([
    "danger",
    "unknown",
    "act",
    "watch",
    "safe",
    "safe",
  ]);
  source.play({ book: sampleBook(ms(START + 1_000)) });
  const delta = await reader.next("delta");
  expect([delta.seq, delta.change.head?.at.ms]).toEqual([first.seq + 1, START + 1_000]);
  source.play({
    happening: {
      is: "alert",
      danger: "act",
      why: {
        code: "distance",
        facts: {
          price: "aave-v3:ethereum:WETH:oracle",
          share: "0.14",
          way: "fall",
          watch: "0.45",
          act: "0.225",
          danger: "0.15",
        },
      },
    },
  });
  expect((await reader.next("delta")).change.activity).toMatchObject([
    {
      title: "Danger: act",
      because: ["a fall of WETH oracle by 14.00% takes it; watch at 45%, act at 22.5%, danger at 15%"],
    },
  ]);
  const [one, two] = [await reader.next("heartbeat"), await reader.next("heartbeat")];
  expect(two.quietMs).toBeGreaterThan(one.quietMs);
  expect(reader.socket.protocol).toBe(streamProtocol);
  reader.socket.close();
});

test("a source that changes nothing sends nothing", async () => {
  const reader = listen();
  await reader.next("snapshot");
  source.play({});
  await reader.next("heartbeat");
  await reader.next("heartbeat");
  expect(reader.frames.filter(({ type }) => type === "delta")).toEqual([]);
  reader.socket.close();
});

test("what changes while the source is being read is not lost", async () => {
  await server.stop();
  const entered = new Set<() => void>();
  const slow: LiveSource = {
    ...source,
    activity: async (query) => {
      const answer = await source.activity(query);
      for (const enter of entered) enter();
      await new Promise((resolve) => setTimeout(resolve, 30));
      return answer;
    },
  };
  server = await start({ source: slow });
  const reader = listen();
  await reader.next("snapshot");
  source.play({ happening: { is: "note", text: "first" } });
  await new Promise<void>((resolve) => entered.add(resolve));
  source.play({ happening: { is: "note", text: "meanwhile" } });
  expect((await reader.next("delta")).change.activity.map(({ title }) => title)).toEqual(["first"]);
  expect((await reader.next("delta")).change.activity.map(({ title }) => title)).toEqual(["meanwhile"]);
  reader.socket.close();
});

/** Plays one change and waits until it was published. */
async function publish(reader: ReturnType<typeof listen>, n: number): Promise<void> {
  source.play({ happening: { is: "note", text: `n${n}` } });
  await reader.next("delta");
}

test("a reader that comes back gets exactly what it missed; with an old place or another session a snapshot", async () => {
  const stays = listen();
  const { session, seq } = await stays.next("snapshot");
  for (let n = 1; n <= 6; n++) await publish(stays, n);
  const resumed = listen({ query: `?session=${session}&after=${seq + 3}` });
  await resumed.next("heartbeat");
  const missed = resumed.frames.filter((frame) => frame.type === "delta");
  expect(missed.map((frame) => [frame.seq, frame.change.activity[0]?.title])).toEqual([
    [4, "n4"],
    [5, "n5"],
    [6, "n6"],
  ]);
  expect(resumed.frames.some(({ type }) => type === "snapshot")).toBe(false);
  for (const query of [
    `?session=${session}&after=${seq + 1}`,
    `?session=other&after=${seq + 5}`,
    `?session=${session}&after=99`,
  ]) {
    const other = listen({ query });
    expect((await other.next("snapshot")).scenery.activity[0]?.title).toBe("n6");
    expect(other.frames[0]?.type).toBe("snapshot");
    other.socket.close();
  }
  stays.socket.close();
  resumed.socket.close();
});

test("a reader that is too slow is told how many deltas it missed and gets a snapshot", async () => {
  await server.stop();
  server = await start({ pace: { ...pace, maxWaiting: 50_000 } });
  const slow = listen();
  const quick = listen();
  await Promise.all([slow.next("snapshot"), quick.next("snapshot")]);
  const { _socket: wire } = slow.socket as unknown as { _socket: { pause(): void; resume(): void } };
  wire.pause();
  const before = slow.frames.filter(({ type }) => type === "delta").length;
  for (let n = 1; n <= 25; n++)
    await publish(quick, n).then(() => source.play({ happening: { is: "note", text: "x".repeat(500_000) } }));
  await quick.next("delta");
  wire.resume();
  const { frames: dropped, seq } = await slow.next("dropped");
  const snapshot = await slow.next("snapshot");
  const got = slow.frames.filter(({ type }) => type === "delta").length - before;
  expect(dropped).toBeGreaterThan(0);
  expect(got + dropped).toBe(seq);
  expect(snapshot.seq).toBeGreaterThanOrEqual(seq);
  slow.socket.close();
  quick.socket.close();
}, 30_000);

test("what cannot be started is said plainly", async () => {
  const base = { source, version: "1", port: 0, page: "/nowhere" };
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const taken = await startServer({ ...base, port });
  expect(taken).toMatchObject({
    ok: false,
    failure: { code: "server/port-in-use", facts: { port: String(port), next: expect.stringContaining("--port") } },
  });
  other.close();
  expect(await startServer({ ...base, token: "short" })).toMatchObject({
    ok: false,
    failure: { code: "server/weak-token" },
  });
  expect(await startServer({ ...base, host: "0.0.0.0" })).toMatchObject({
    ok: false,
    failure: { code: "server/not-loopback" },
  });
});

test("it listens on loopback only, and after stop not at all", async () => {
  const bound = server.app.server.address() as AddressInfo;
  expect(bound.address).toBe("127.0.0.1");
  const reader = listen();
  await reader.next("snapshot");
  const closed = once(reader.socket, "close");
  await server.stop();
  expect((await closed)[0]).toBe(1001);
  const refused = connect(bound.port, "127.0.0.1");
  expect(((await once(refused, "error")) as [NodeJS.ErrnoException])[0].code).toBe("ECONNREFUSED");
});

test("amounts reach the API with every digit", async () => {
  const book = sampleBook();
  const [first] = book.accounts;
  const digits = "123456789012345678901234567890.123456789012345678";
  if (first === undefined) throw new Error("the sample book is empty");
  const equity = { is: "known", value: dec(digits), asOf: book.at, from: "venue" } as const;
  source.play({ book: { ...book, accounts: [{ ...first, equity }] } });
  const answer = Book.parse((await get("/api/v1/book")).json());
  expect(answer.accounts[0]?.equity).toMatchObject({ is: "known", amount: { value: digits, unit: "USDT" } });
});
