import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { below, dec, text } from "@plimsoll/core/units";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyEvidence } from "./testing/verify.ts";
import { type DemoResult, runDemo } from "./run-demo.ts";
import { type Choices, defaults } from "./scenario.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-demo-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

let runs = 0;
async function play(changed: Partial<Choices> = {}, exchangeOnly = true): Promise<DemoResult> {
  const ran = await runDemo(
    { ...defaults, ...changed },
    {
      folder: join(folder, `${(runs += 1)}`),
      paceMs: 0,
      exchangeOnly,
      say: () => {},
      tell: () => {},
      attached: () => {},
      stopped: new AbortController().signal,
    },
  );
  if (!ran.ok) throw new Error(JSON.stringify(ran.failure));
  return ran.value;
}
const figures = ({ off, on }: DemoResult) =>
  [off, on].map(({ worthAfter, actions, liquidations }) => [text(worthAfter), actions, liquidations]);

/** What an evidence file itself says, read without our code. */
function recounted(file: string) {
  const records = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.includes('"body"'))
    .map(
      (line) =>
        JSON.parse((JSON.parse(line) as { body: string }).body) as {
          kind: string;
          input?: { event: { type: string; outcome?: { state: string }; effect?: { was: string } } };
        },
    );
  const events = records.flatMap(({ input }) => (input === undefined ? [] : [input.event]));
  return {
    actions: events.filter(({ type, outcome }) => type === "outcome" && outcome?.state === "done").length,
    liquidations: events.filter(({ type, effect }) => type === "effect" && effect?.was === "liquidation").length,
  };
}

test("on the real contracts and the simulated exchange: taken without guards, spared with them, both records proved", async () => {
  const result = await play({}, false);
  expect(result.off.liquidations).toBeGreaterThanOrEqual(2);
  expect([result.on.liquidations, result.off.actions]).toEqual([0, 0]);
  expect(result.on.actions).toBeGreaterThanOrEqual(2);
  expect(below(result.off.worthAfter, result.on.worthAfter)).toBe(true);
  for (const [index, { file, entries }] of result.evidence.entries()) {
    const verified = verifyEvidence(readFileSync(file), result.fingerprint);
    expect(verified).toMatchObject({ ok: true, entries });
    const { actions, liquidations } = [result.off, result.on][index]!;
    expect(recounted(file)).toEqual({ actions, liquidations });
  }
});

test("the figures follow from seed, leverage and guards, and from nothing else", async () => {
  const before = await play();
  expect(figures(await play())).toEqual(figures(before));
  const changes: readonly Partial<Choices>[] = [
    { seed: 2n },
    { leverage: dec("6") },
    { deskTrigger: dec("25"), deskTarget: dec("40") },
  ];
  for (const change of changes) expect(figures(await play(change))).not.toEqual(figures(before));
});

test("a market that takes the guarded book as well is told as it is", async () => {
  const { on, sentence } = await play({ deskTrigger: dec("1.001"), deskTarget: dec("1.01") });
  expect(on.liquidations).toBeGreaterThan(0);
  expect(sentence).toMatch(/the guarded one kept 0 USD \(-100\.0 %\) after [1-9]/);
});
