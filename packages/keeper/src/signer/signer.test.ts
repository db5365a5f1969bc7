import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Action, Actor, Holding, Prepared } from "@plimsoll/core/book";
import { accountKey, assetId, canonical, dec, exact, holdingId, ms, ok, text, venueId } from "@plimsoll/core/units";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { askRules } from "./ask-rules.ts";
import { SENDS_PER_KEY, openCounters } from "./counters.ts";
import { limitedActor } from "./limited-actor.ts";
import type { SignerRules } from "./rules.ts";
import { openSeal } from "./seal.ts";
import { serveSigner } from "./serve-signer.ts";
import { signerActor } from "./signer-actor.ts";
import { SignerLine } from "./signer-line.ts";
import { type SignerPorts, answerLine } from "./signer.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 300);
const root = mkdtempSync(join(tmpdir(), "plimsoll-signer-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const newFolder = () => join(root, `${(folders += 1)}`);

const ID = holdingId("binance:me");
const holding: Holding = { id: ID, venue: venueId("binance"), rules: "usdm", asOf: ms(1), body: { positions: [] } };
const rules: SignerRules = {
  holding: ID,
  instruments: ["BTCUSDT"],
  assets: [{ asset: "USDT", perDay: dec("100") }],
  hedges: [{ instrument: "ETHUSDT", perDay: dec("2") }],
};
const order = (over: Partial<Extract<Action, { do: "order" }>> = {}): Action => ({
  ...{ do: "order", instrument: "BTCUSDT", side: "sell", size: dec("0.5"), limit: dec("90000"), reduceOnly: true },
  ...over,
});
const repay = (amount: string): Action => ({ do: "repay", asset: assetId("USDT"), amount: dec(amount) });

/** Remembers what reached the venue's door. */
class Recorder implements Actor {
  readonly made: Action[] = [];
  readonly sent: Prepared[] = [];
  prepare(key: string, _holding: Holding, action: Action) {
    this.made.push(action);
    return Promise.resolve(ok({ reference: `r-${key}`, wire: canonical(action) }));
  }
  send(prepared: Prepared) {
    this.sent.push(prepared);
    return Promise.resolve({ is: "partly", done: dec("0.1"), left: dec("0.4") } as const);
  }
  query() {
    return Promise.resolve({ is: "not-found" } as const);
  }
}

function signerIn(folder: string, clock = () => ms(1_000)) {
  const actor = new Recorder();
  const counters = openCounters(folder);
  if (!counters.ok) throw new Error(counters.failure.code);
  const accounts = new Map([[ID, { actor, rules }]]);
  const ports: SignerPorts = { accounts, counters: counters.value, seal: openSeal(folder), clock };
  return { actor, counters: counters.value, ports };
}
const asked = (action: unknown, key = "k") => canonical({ call: "prepare", id: 7, key, holding, action });
const answered = async (ports: SignerPorts, line: string) =>
  JSON.parse(await answerLine(ports, line)) as Record<string, never>;

// oxfmt-ignore
test.each([
  // asked for                               action                                                          refused as
  ["an order that opens",                    order({ reduceOnly: false }),                                   "signer/not-reduce-only"],
  ["another symbol",                         order({ instrument: "DOGEUSDT" }),                              "signer/not-on-the-list"],
  ["a hedge where none is declared",         order({ reduceOnly: false, hedges: "a/b" }),                    "signer/not-on-the-list"],
  ["a hedge beyond its bound",               order({ instrument: "ETHUSDT", reduceOnly: false, hedges: "a/b", size: dec("2.1") }), "signer/over-limit"],
  ["an asset that is not listed",            { do: "supply", asset: assetId("WETH"), amount: dec("1") },     "signer/not-on-the-list"],
  ["more than a day's worth",                repay("100.01"),                                                "signer/over-limit"],
  ["a withdrawal",                           { do: "withdraw", asset: "USDT", amount: dec("1") },            "signer/not-in-grammar"],
  ["everything of an asset, whatever it is", { do: "repay", asset: "USDT", amount: "all" },                  "signer/not-in-grammar"],
  ["a negative amount",                      { do: "repay", asset: "USDT", amount: exact(-5n) },             "signer/not-in-grammar"],
  ["a word of one's own",                    { ...repay("1"), to: "0xdead" },                                "signer/not-in-grammar"],
] as const)("refused before any key is touched: %s", async (_what, action, code) => {
  const { actor, ports, counters } = signerIn(newFolder());
  const answer = await answered(ports, asked(action));
  expect(canonical(answer)).toContain(code);
  expect([actor.made, actor.sent]).toEqual([[], []]);
  counters.close();
});

test("a refusal says the numbers that decided it", async () => {
  const { ports, counters } = signerIn(newFolder());
  await answered(ports, asked(repay("60"), "first"));
  expect(await answered(ports, asked(repay("50"), "second"))).toMatchObject({
    prepared: { failure: { facts: { what: "asset USDT", asked: "50", spent: "60", perDay: "100" } } },
  });
  counters.close();
});

test("it says what it signs and what of it is taken, over its socket; where it is away that is said", async () => {
  const folder = newFolder();
  const serving = await serveSigner(folder, new Map([[ID, { actor: new Recorder(), rules }]]));
  if (!serving.ok) throw new Error(serving.failure.code);
  const line = new SignerLine(serving.value.socket, 0);
  await signerActor(line, ID).prepare("k", holding, repay("40"));
  await line.close();
  const said = await askRules(serving.value.socket, ID);
  expect(said).toMatchObject({ value: { rules: { instruments: ["BTCUSDT"] } } });
  expect(said.ok && said.value.spent.map(({ what, amount }) => [what, text(amount)])).toEqual([
    ["asset USDT", "40"],
    ["hedge ETHUSDT", "0"],
  ]);
  const stranger = await askRules(serving.value.socket, holdingId("other"));
  expect(stranger).toMatchObject({ failure: { code: "signer/no-such-holding" } });
  await serving.value.stop();
  expect(await askRules(serving.value.socket, ID)).toMatchObject({ failure: { code: "signer/away" } });
});

test("an actor of this process is held to the same rules and the same counters", async () => {
  const { actor, counters } = signerIn(newFolder());
  const limited = limitedActor(actor, rules, counters, () => ms(1_000));
  const codeOf = async (key: string, action: Action) => {
    const made = await limited.prepare(key, holding, action);
    return made.ok ? "made" : made.failure.code;
  };
  expect(await codeOf("a", order())).toBe("made");
  expect(await codeOf("b", repay("60"))).toBe("made");
  expect(await codeOf("c", repay("60"))).toBe("signer/over-limit");
  expect(await codeOf("d", order({ instrument: "DOGEUSDT" }))).toBe("signer/not-on-the-list");
  expect(await codeOf("e", { do: "repay", asset: assetId("USDT"), amount: "all" })).toBe("signer/not-in-grammar");
  expect(actor.made).toHaveLength(2);
  counters.close();
});

test("counters count a key once, survive the process, and forget after a day", () => {
  const folder = newFolder();
  const take = (amount: string) => ({ what: "asset USDT", amount: dec(amount), perDay: dec("100") });
  const first = signerIn(folder).counters;
  expect(first.take("a", ID, take("60"), 0).ok).toBe(true);
  expect(first.take("a", ID, take("60"), 5).ok).toBe(true);
  expect(openCounters(folder)).toMatchObject({ failure: { code: "signer/folder-in-use" } });
  first.close();
  const second = signerIn(folder).counters;
  expect(text(second.spent(ID, "asset USDT", 10))).toBe("60");
  expect(second.take("b", ID, take("40.1"), 10).ok).toBe(false);
  expect(second.take("b", ID, take("40"), 10).ok).toBe(true);
  expect(second.take("c", ID, take("60"), 86_400_000 - 1).ok).toBe(false);
  expect(second.take("c", ID, take("60"), 86_400_000 + 5).ok).toBe(true);
  second.close();
});

test("what is spent never goes over the limit, whatever is asked in whatever order", () => {
  const ask = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), amount: fc.bigInt({ min: 1n, max: 80n }) });
  const { counters } = signerIn(newFolder());
  let day = 0;
  fc.assert(
    fc.property(fc.array(ask, { maxLength: 12 }), (asks) => {
      day += 2 * 86_400_000;
      const granted = new Map<string, bigint>();
      for (const { key, amount } of asks) {
        const take = { what: "asset USDT", amount: exact(amount), perDay: dec("100") };
        if (counters.take(key, ID, take, day).ok)
          granted.set(key, granted.get(key)! > amount ? granted.get(key)! : amount);
      }
      const sum = [...granted.values()].reduce((all, one) => all + one, 0n);
      expect(sum).toBeLessThanOrEqual(100n);
      expect(text(counters.spent(ID, "asset USDT", day))).toBe(String(sum));
    }),
    { numRuns: Math.min(runs, 40) },
  );
  counters.close();
});

test("only what it made is sent, each key a few times at most; a question is never refused for that", async () => {
  const { ports, actor, counters } = signerIn(newFolder());
  const { prepared } = await answered(ports, asked(order()));
  const { reference, wire, seal } = (prepared as unknown as { value: Record<string, string> }).value;
  const carried = (over: object) =>
    answered(ports, canonical({ call: "send", id: 1, holding: ID, key: "k", reference, wire, seal, ...over }));
  for (const over of [{ wire: `${wire} ` }, { reference: "other" }, { key: "other" }, { seal: "0".repeat(64) }])
    expect(await carried(over)).toMatchObject({ refused: { code: "signer/not-sealed" } });
  expect(await carried({ holding: "binance:other" })).toMatchObject({ refused: { code: "signer/no-such-holding" } });
  expect(actor.sent).toEqual([]);
  for (let time = 0; time < SENDS_PER_KEY; time++) expect(await carried({})).toMatchObject({ reply: { is: "partly" } });
  expect(await carried({})).toMatchObject({ reply: { is: "refused", why: { code: "signer/sent-too-often" } } });
  expect(actor.sent).toHaveLength(SENDS_PER_KEY);
  expect(await carried({ call: "query" })).toMatchObject({ reply: { is: "not-found" } });
  counters.close();
});

test("damaged requests sign nothing that the rules do not allow", async () => {
  const { ports, actor, counters } = signerIn(newFolder());
  const valid = [
    asked(order()),
    asked(repay("1")),
    asked({
      do: "stop",
      instrument: "BTCUSDT",
      side: "sell",
      size: "all",
      trigger: { kind: "mark", when: "at-or-below", at: dec("9") },
    }),
    asked(order({ instrument: "ETHUSDT", reduceOnly: false, hedges: "a/b", size: dec("0.1") })),
    canonical({ call: "send", id: 1, holding: ID, key: "k", reference: "r", wire: "w", seal: "0".repeat(64) }),
  ];
  const damage = fc.array(
    fc.record({
      at: fc.nat(2_000),
      cut: fc.nat(6),
      put: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom("true", "false", "-", "ETHUSDT", "withdraw", "e9", "0"),
      ),
    }),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...valid), damage, async (line, damages) => {
      const before = actor.made.length;
      const damaged = damages.reduce(
        (rest, { at, cut, put }) => rest.slice(0, at % rest.length) + put + rest.slice((at % rest.length) + cut),
        line,
      );
      const answer = await answered(ports, damaged);
      expect(Object.keys(answer).toSorted()).toContain("id");
      expect(actor.sent).toEqual([]);
      for (const action of actor.made.slice(before)) {
        const isAllowed =
          (action.do === "order" && action.instrument === "BTCUSDT" && action.reduceOnly) ||
          (action.do === "order" && action.instrument === "ETHUSDT" && action.hedges !== undefined) ||
          (action.do === "stop" && action.instrument === "BTCUSDT") ||
          (action.do === "repay" && action.asset === "USDT") ||
          (action.do === "supply" && action.asset === "USDT") ||
          action.do === "cancel";
        expect(isAllowed).toBe(true);
      }
    }),
    { numRuns: runs * 3 },
  );
  for (const what of ["asset USDT", "hedge ETHUSDT"])
    expect(counters.spent(ID, what, 1_000).digits).toBeLessThanOrEqual(10_000n);
  counters.close();
});

test("over its socket it is an actor like any other; the socket is its owner's alone", async () => {
  const folder = newFolder();
  const actor = new Recorder();
  const served = await serveSigner(folder, new Map([[ID, { actor, rules }]]));
  if (!served.ok) throw new Error(JSON.stringify(served.failure));
  const { socket, stop } = served.value;
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  const line = new SignerLine(socket, 0);
  const remote = signerActor(line, ID);
  const made = await remote.prepare("k", holding, order());
  if (!made.ok) throw new Error(JSON.stringify(made.failure));
  expect(made.value.reference).toBe("r-k");
  expect(await remote.send(made.value)).toEqual({ is: "partly", done: dec("0.1"), left: dec("0.4") });
  expect(await remote.query(made.value)).toEqual({ is: "not-found" });
  expect(actor.made).toEqual([order()]);
  const refused = await remote.prepare("m", holding, {
    ...{ do: "move-margin", from: accountKey("a"), to: accountKey("b"), asset: assetId("BNB"), amount: dec("1") },
  });
  expect(refused).toMatchObject({ failure: { code: "signer/not-on-the-list" } });
  expect(line.away).toBeUndefined();
  await stop();
  await wait(50); // until the hang-up is heard
  expect(await remote.send(made.value)).toMatchObject({ is: "refused", remedy: "wait", why: { code: "signer/away" } });
  expect(await remote.query(made.value)).toMatchObject({ is: "ambiguous" });
  expect(await remote.prepare("l", holding, order())).toMatchObject({ failure: { code: "signer/away" } });
  expect(line.away?.code).toBe("signer/away");
  const back = await serveSigner(folder, new Map([[ID, { actor, rules }]]));
  await wait(700); // it is found again without being asked
  expect(line.away).toBeUndefined();
  await line.close();
  if (back.ok) await back.value.stop();
});
