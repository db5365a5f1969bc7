import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { Problem, streamProtocol, tokenProtocol } from "@plimsoll/server/contract";
import { expect, test } from "vitest";
import { startServer } from "./start-server.ts";
import { RunningServer } from "./testing/running-server.ts";

const running = new RunningServer();

test.each([
  ["no token", () => ({ host: running.own() }), 401, "no-token"],
  ["a wrong token", () => ({ host: running.own(), authorization: "Bearer 0123456789abcdef0123" }), 401, "no-token"],
  ["the token in the query is not looked at", () => ({ host: running.own() }), 401, "no-token"],
  [
    "another name (DNS rebinding)",
    () => ({ ...running.bearer(), host: `evil.example:${running.server.port}` }),
    421,
    "wrong-host",
  ],
  ["our name on another port", () => ({ ...running.bearer(), host: "127.0.0.1:1" }), 421, "wrong-host"],
  ["a page of another site", () => ({ ...running.bearer(), origin: "https://evil.example" }), 403, "wrong-origin"],
  ["a sandboxed page", () => ({ ...running.bearer(), origin: "null" }), 403, "wrong-origin"],
] as const)("refused with %s", async (name, headers, status, code) => {
  const answer = await running.get(
    name.includes("query") ? `/api/v1/book?token=${running.server.token}` : "/api/v1/book",
    headers(),
  );
  expect(answer.statusCode).toBe(status);
  expect(answer.headers["content-type"]).toMatch("application/problem+json");
  expect(Problem.parse(answer.json())).toMatchObject({ status, code });
});

test.each([
  ["our own page", () => ({ ...running.bearer(), origin: `http://${running.own()}` })],
  ["localhost", () => ({ ...running.bearer(), host: `localhost:${running.server.port}` })],
])("answered from %s", async (_name, headers) =>
  expect((await running.get("/api/v1/book", headers())).statusCode).toBe(200),
);

const acting = [
  ["POST", "/api/v1/guards", { written: "name: x" }],
  ["DELETE", "/api/v1/guards/x", undefined],
  ["PUT", "/api/v1/guards/x/mode", { mode: "armed", confirm: "0123456789ab" }],
  ["POST", "/api/v1/plans", {}],
  ["POST", "/api/v1/plans/0123456789ab/act", undefined],
  ["PUT", "/api/v1/mode", { mode: "halted" }],
  ["POST", "/api/v1/panic", { confirm: "panic" }],
  ["GET", "/api/v1/panic", undefined],
] as const;
test.each(acting)("%s %s needs the token and our own page, and a host that can act", async (method, url, body) => {
  const ask = async (headers: Record<string, string>) => {
    const answer = await running.server.app.inject({ method, url, headers, ...(body && { body }) });
    return [answer.statusCode, answer.json<Problem>().code];
  };
  expect(await ask({ host: running.own() })).toEqual([401, "no-token"]);
  expect(await ask({ ...running.bearer(), origin: "https://evil.example" })).toEqual([403, "wrong-origin"]);
  expect(await ask(running.bearer())).toEqual([501, "read-only"]);
});

test("the policy of the page allows our scripts and WebAssembly, nothing inline", async () => {
  const { headers } = await running.get("/health", { host: running.own() });
  const policy = String(headers["content-security-policy"]).split(";");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy).toContain("default-src 'none'");
});

test("a dashboard that is not built is said plainly", async () => {
  const answer = await running.get("/", { host: running.own() });
  expect(answer.json<Problem>()).toMatchObject({ code: "page-not-built", next: expect.stringContaining("npm start") });
  expect(running.server.dashboard).toBe(false);
});

test.each([
  ["no token", { protocols: [streamProtocol] }, 401],
  ["a wrong token", { protocols: [streamProtocol, tokenProtocol("0123456789abcdef0123")] }, 401],
  ["another origin", { headers: { origin: "https://evil.example" } }, 403],
  ["another host", { headers: { host: "evil.example" } }, 421],
] as const)("the stream is refused with %s", async (_name, { ...options }, status) => {
  const { socket } = running.listen(options as Parameters<RunningServer["listen"]>[0]);
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [
    unknown,
    { statusCode: number; destroy(): void },
  ];
  expect(response.statusCode).toBe(status);
  socket.terminate();
});

test("what cannot be started is said plainly", async () => {
  const base = { source: running.source, version: "1", port: 0, page: "/nowhere" };
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
  const bound = running.server.app.server.address() as AddressInfo;
  expect(bound.address).toBe("127.0.0.1");
  const reader = running.listen();
  await reader.next("snapshot");
  const closed = once(reader.socket, "close");
  await running.server.stop();
  expect((await closed)[0]).toBe(1001);
  const refused = connect(bound.port, "127.0.0.1");
  expect(((await once(refused, "error")) as [NodeJS.ErrnoException])[0].code).toBe("ECONNREFUSED");
});
