// The API's acting half over a real keeper, a config file and the simulated exchange.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTurn } from "@plimsoll/core/turn";
import { ok } from "@plimsoll/core/units";
import { type Keeper, createLog, readJournal, sha256, startKeeper } from "@plimsoll/keeper";
import { type Server, startServer } from "@plimsoll/server";
import type {
  AccountPlan,
  Alert,
  Arming,
  Book,
  GuardEntry,
  PanicReport,
  Problem,
  Rehearsal,
} from "@plimsoll/server/contract";
import { fixed } from "@plimsoll/sim/exchange";
import { engineOf } from "@plimsoll/venues";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readConfig } from "./files/config-file.ts";
import { hostControl } from "./host-control.ts";
import { type House, withHouse } from "./house.ts";
import { LiveView } from "./live-source.ts";
import { runInTest } from "./run-in-test.ts";
import { type Desk, openDesk } from "./testing/open-desk.ts";

const live = new LiveView();
const over = Promise.withResolvers<void>();
let [desk, house, keeper, server]: [Desk, House, Keeper, Server] = [] as never;
let ended: Promise<unknown>;

beforeAll(async () => {
  desk = await openDesk();
  const file = { path: desk.config, flags: {} };
  const layers = readConfig(file.path, process.env, {});
  if (!layers.ok) throw new Error(layers.failure.code);
  const open = Promise.withResolvers<void>();
  ended = withHouse(layers.value, [], async (opened) => {
    house = opened;
    open.resolve();
    await over.promise;
    return ok(undefined);
  });
  await Promise.race([open.promise, ended]);
  const { connected, journal } = house;
  const control = hostControl({ file, connected, journal, keeper: () => live.keeper() });
  const started = await startServer({ source: live, version: "0", port: 0, page: "/nowhere", control });
  if (!started.ok) throw new Error(started.failure.code);
  server = started.value;
});
afterAll(async () => {
  await server.stop();
  await keeper.stop();
  over.resolve();
  await ended;
  await desk.close();
});

async function api<T = Problem>(method: string, url: string, body?: unknown): Promise<readonly [number, T]> {
  const reply = await fetch(`http://127.0.0.1:${server.port}/api/v1${url}`, {
    method,
    headers: {
      authorization: `Bearer ${server.token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return [reply.status, (await reply.json()) as T];
}
const held = () => desk.held();
const text = () => readFileSync(desk.config, "utf8");
const guard = `name: reduce early
protects: desk
when: { healthBelow: 20, urgentBelow: 15 }
target: { health: 25 }
do: [{ reduce: BTCUSDT, slippage: 0.5% }]
`;

test("before the keeper has started nothing can be sent, and that is said", async () => {
  const [status, problem] = await api("PUT", "/mode", { mode: "halted" });
  expect([status, problem.code, problem.next]).toEqual([503, "control/not-ready", expect.stringContaining("again")]);
  const started = await startKeeper({
    store: house.store,
    turn: createTurn({ engineOf, sha256 }),
    engineOf,
    connections: house.connected.map(({ connection }) => connection),
    policy: { guards: [], reserves: [] },
    log: createLog("warn", process.stderr, house.redact),
    timing: { refreshMs: 1_000 },
  });
  if (!started.ok) throw new Error(started.failure.code);
  keeper = started.value;
  live.attach(keeper);
});

test("a guard is added, looked at, rehearsed, armed by the hash of its preview, put in shadow, taken out", async () => {
  const [added, entry] = await api<GuardEntry>("POST", "/guards", { written: guard });
  expect([added, entry.id, entry.guards[0]?.mode]).toEqual([201, "reduce-early", "shadow"]);
  expect(keeper.view().guards.map(({ id }) => id)).toEqual(["reduce-early"]);
  expect(text()).toContain("# mine");
  expect(await api("GET", "/guards/reduce-early")).toEqual([200, entry]);
  const [, { items }] = await api<{ items: Rehearsal[] }>("POST", "/guards/reduce-early/rehearsal");
  expect(items[0]!.fires).toBeGreaterThan(0);
  expect(items[0]!.moments.find(({ what }) => what === "fires")?.proposes[0]).toMatch(/^sell .*BTCUSDT, reduce only/);

  const [, arming] = await api<Arming>("GET", "/guards/reduce-early/arming");
  expect(arming).toMatchObject({ from: "shadow", to: "armed", loosens: [] });
  expect([arming.now.length, arming.places]).toEqual([1, []]);
  const wrong = await api("PUT", "/guards/reduce-early/mode", { mode: "armed", confirm: entry.hash });
  expect(wrong).toMatchObject([409, { code: "guard/wrong-hash", facts: { is: arming.hash.slice(0, 12) } }]);
  expect(text()).not.toContain("armed");
  const armed = await api("PUT", "/guards/reduce-early/mode", { mode: "armed", confirm: arming.hash.slice(0, 12) });
  expect([armed[0], keeper.view().guards[0]?.mode]).toEqual([200, "armed"]);
  expect(await api("DELETE", "/guards/reduce-early")).toMatchObject([409, { code: "guard/armed" }]);

  const [, looser] = await api<Arming>("GET", "/guards/reduce-early/arming?mode=shadow");
  expect(looser.loosens).toEqual([{ guard: "reduce-early", field: "mode", from: "armed", to: "shadow" }]);
  expect((await api("PUT", "/guards/reduce-early/mode", { mode: "shadow", confirm: looser.hash }))[0]).toBe(200);
  // a keeper waits a day before it follows
  expect([text().includes("mode: shadow"), keeper.view().guards[0]?.mode]).toEqual([true, "armed"]);
  expect((await api("DELETE", "/guards/reduce-early"))[0]).toBe(200);
  expect((await api("GET", "/guards/reduce-early"))[0]).toBe(404);
});

test("a ladder is one entry, by whatever rung it is named", async () => {
  const written = `name: steps
protects: desk
do: [{ reduce: BTCUSDT, slippage: 0.5% }]
ladder:
  - { severity: observe, when: { healthBelow: 20, urgentBelow: 19 } }
  - { severity: reduce, when: { healthBelow: 15, urgentBelow: 12 }, target: { health: 20 } }
`;
  const [, entry] = await api<GuardEntry>("POST", "/guards", { written });
  expect([entry.id, entry.guards.length]).toEqual(["steps", 2]);
  expect(await api("GET", `/guards/${entry.guards[1]!.id}`)).toEqual([200, entry]);
  expect((await api("DELETE", `/guards/${entry.guards[1]!.id}`))[0]).toBe(200);
  expect([text().includes("steps"), (await api("GET", "/guards/steps"))[0]]).toEqual([false, 404]);
});

// oxfmt-ignore
test.each([
  ["a stranger's account", guard.replace("desk", "other"),              "file-invalid"],
  ["no YAML",              "name: [",                                   "file-malformed"],
  ["contradicting bounds", guard.replace("healthBelow: 20", "healthBelow: 26"), "file-invalid"],
])("%s is refused with its place, and the file stays", async (_case, written, code) => {
  const before = text();
  const [status, problem] = await api("POST", "/guards", { written });
  expect([status, problem.code, problem.detail]).toEqual([422, code, expect.stringMatching(/:\d+:\d+/)]);
  expect(text()).toBe(before);
});

test("a plan is carried out by its hash, once, and the journal says who asked", async () => {
  const [, { items }] = await api<{ items: AccountPlan[] }>("POST", "/plans", { account: "desk", health: "40" });
  const { plan } = items[0]!;
  expect(plan?.steps[0]?.action).toMatch(/^sell .*BTCUSDT/);
  const before = held();
  expect(await api("POST", "/plans/0123456789ab/act")).toMatchObject([404, { code: "act/no-such-plan" }]);

  expect((await api("PUT", "/mode", { mode: "halted" }))[0]).toBe(200);
  expect(await api("GET", "/mode")).toEqual([200, { mode: "halted" }]);
  const forbidden = await api("POST", `/plans/${plan!.hash}/act`);
  expect(forbidden).toMatchObject([409, { code: "act/mode-forbids", facts: { mode: "halted" } }]);
  await api("PUT", "/mode", { mode: "armed" });

  expect(await api("POST", `/plans/${plan!.hash}/act`)).toEqual([200, { done: expect.stringContaining(plan!.hash) }]);
  expect(await api("POST", `/plans/${plan!.hash}/act`)).toMatchObject([409, { code: "act/done-already" }]);
  await vi.waitFor(() => expect(held() < before && held() > 0n).toBe(true), { timeout: 20_000 });
  const who: string[] = [];
  for await (const { record } of readJournal(house.store))
    if (record.kind === "input" && "who" in record.input.event)
      who.push(`${record.input.event.type} ${record.input.event.who}`);
  expect(who).toEqual(["mode api", "mode api", "act api"]);
});

test("what protects the position, and what troubles there are, can be read", async () => {
  const [, cover] = await api<{ items: { instrument?: string; by: unknown[] }[] }>("GET", "/coverage");
  expect(cover.items).toMatchObject([{ holding: "desk", by: [] }]);
  const [, { items }] = await api<{ items: Alert[] }>("GET", "/alerts");
  const level = items.find(({ identity }) => identity === "desk/cross:USDT/level")!;
  expect(level).toMatchObject({ worst: "act", text: expect.stringMatching(/\d/) });
  expect(level.first.ms < level.last.ms).toBe(true);
  // the same out of the journal, while the keeper writes it
  const shown = await runInTest("alerts", "--data-dir", desk.folder);
  expect([shown.code, shown.lines]).toEqual([10, expect.stringMatching(/act\s+desk\/cross:USDT\/level/)]);
  const json = JSON.parse((await runInTest("alerts", "--data-dir", desk.folder, "--json")).lines) as { items: Alert[] };
  expect(json.items.map(({ id, first, worst }) => ({ id, first, worst }))).toEqual(
    items.map(({ id, first, worst }) => ({ id, first, worst })),
  );
  expect((await runInTest("alerts", "--data-dir", join(desk.folder, "none"))).code).toBe(1);
  const [, book] = await api<Book>("GET", "/book");
  expect([book.house, book.alerts.map(({ id }) => id)]).toEqual(["armed", expect.arrayContaining([level.id])]);
});

test("arming is tried on what this run recorded, by the API and by the command line beside it; its stops are named", async () => {
  const price = (value: string) =>
    desk.exchange.exchange.run({ type: "price", symbol: "BTCUSDT", index: fixed(value) });
  const seen = () => live.view().accounts[0]!.boundaries[0]!.now;
  for (const value of ["94000", "100000"]) {
    price(value);
    await vi.waitFor(() => expect(Math.abs(seen() / Number(value) - 1)).toBeLessThan(0.005), { timeout: 20_000 });
  }
  const written = `name: floor
protects: desk
when: { healthBelow: 35, urgentBelow: 30 }
target: { health: 50 }
do: [{ reduce: BTCUSDT, slippage: 0.5% }]
stops: [{ stop: BTCUSDT, at: 95000 }]
`;
  expect((await api("POST", "/guards", { written: written.replace("95000", "80000") }))[1]).toMatchObject({
    code: "stop/beyond-liquidation",
    facts: { trigger: "80000", liquidation: expect.stringMatching(/^8[45]\d\d\d/) },
  });
  expect((await api("POST", "/guards", { written }))[0]).toBe(201);
  const [, { relived, rehearsals, places, hash }] = await api<Arming>("GET", "/guards/floor/arming");
  expect([relived?.of, rehearsals]).toEqual(["what serve recorded", []]);
  expect(relived!.to.ms - relived!.from.ms).toBeGreaterThan(1_000);
  expect([relived!.without.actions, relived!.armed.actions[0]!.action]).toEqual([[], expect.stringMatching(/^sell/)]);
  expect(places).toMatchObject([
    { venue: "binance", action: expect.stringMatching(/^stop at the venue: sell .*95.000/) },
  ]);

  const shown = await runInTest("guard", "arm", desk.config, "floor");
  expect([shown.code, shown.errors]).toEqual([0, ""]);
  expect(shown.lines).toMatch(/Over what serve recorded, .* UTC to .* UTC, prices as they were:/);
  expect(shown.lines).toContain(`--confirm ${hash.slice(0, 12)}`);
  expect((await api("DELETE", "/guards/floor"))[0]).toBe(200);
});

test("a panic shows first, asks for the word, names its accounts; what a halted venue leaves is read again until it is flat", async () => {
  const before = held();
  const { exchange } = desk.exchange;
  expect(before).toBeGreaterThan(fixed("0"));
  expect(await api("GET", "/panic")).toMatchObject([404, { code: "panic/none" }]);
  for (const order of [{}, { confirm: "yes" }, { confirm: "panic", slippage: "much" }])
    expect((await api("POST", "/panic", order))[0]).toBe(400);
  const stranger = await api("POST", "/panic", { confirm: "panic", accounts: ["other"] });
  expect(stranger).toMatchObject([404, { code: "account/unknown", detail: expect.stringContaining("other") }]);
  const [, shown] = await api<PanicReport>("POST", "/panic", { rehearse: true });
  expect([shown.sent, shown.steps.map(({ is }) => is), held()]).toEqual([false, ["closes"], before]);

  exchange.run({ type: "mode", mode: "halted" });
  const order = { confirm: "panic", accounts: ["desk"], slippage: "0.5%" };
  const panicking = api<PanicReport>("POST", "/panic", order);
  await vi.waitFor(async () => expect(await api("GET", "/panic")).toMatchObject([200, { running: true, flat: false }]));
  expect(await api("POST", "/panic", order)).toMatchObject([409, { code: "panic/under-way" }]);
  const [, halted] = await panicking;
  expect(halted).toMatchObject({ sent: true, running: false, flat: false, left: [{ holding: "desk" }] });
  expect(await api("GET", "/panic")).toMatchObject([200, { flat: false, left: [{ holding: "desk" }] }]);

  exchange.run({ type: "mode", mode: "normal" });
  const [, report] = await api<PanicReport>("POST", "/panic", { confirm: "panic" });
  expect([report.sent, report.flat, report.left, held()]).toEqual([true, true, [], 0n]);
  expect(await api("GET", "/panic")).toMatchObject([200, { running: false, flat: true, left: [] }]);
});
