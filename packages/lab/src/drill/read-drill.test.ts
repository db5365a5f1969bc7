import { readFileSync } from "node:fs";
import { readSource } from "@plimsoll/lab/source";
import { expect, test } from "vitest";
import { readDrill } from "./read-drill.ts";
import { shippedDrills } from "./shipped.ts";

const capo = readFileSync(
  shippedDrills().find((path) => path.includes("capo"))!,
  "utf8",
);

function refusal(change: (text: string) => string): string {
  const text = change(capo);
  expect(text).not.toBe(capo);
  const file = readSource("drill.yaml", text);
  if (!file.ok) return file.failure.code;
  const read = readDrill(file.value);
  return read.ok ? "read" : `${read.failure.facts["detail"]}; ${read.failure.facts["next"]}`;
}

test.each([
  [
    "a price that is none",
    (text: string) => text.replace("to: 1.1939", "to: -1.1939"),
    /to: must be above 0 \(found "-1.1939"\)/,
  ],
  ["a channel that is none", (text: string) => text.replace("channel: gas", "channel: weather"), /channels\[2\]/],
  [
    "a source nobody named",
    (text: string) => text.replace("source: press", "source: hearsay"),
    /hearsay has no source; write assumed, or one of sources: press/,
  ],
  [
    "steps out of order",
    (text: string) => text.replace("11:30:00Z", "10:30:00Z"),
    /2026-03-10T10:30:00.000Z is not after the step before; sort/,
  ],
  [
    "a price that is multiplied by nothing known",
    (text: string) => text.replace("times: [ETH]", "times: [BTC]"),
    /BTC is no price of this drill; write one of: ETH, wstETH/,
  ],
  [
    "a guard of nobody",
    (text: string) => text.replaceAll("scope: { holding: loop at 1.045 }", "scope: { holding: loop }"),
    /repay watches no account of this drill/,
  ],
  [
    "a guard that the house refuses, where it need not die",
    (text: string) => text.replace("below: 1.03,", "below: 0.90,"),
    /trigger.below 0.90/,
  ],
  [
    "an end before the start",
    (text: string) => text.replace("to: 2026-03-10T12", "to: 2026-03-09T12"),
    /is not after from; write a later moment/,
  ],
  [
    "a price that nobody reads",
    (text: string) => text.replace("ethereum:WETH:oracle", "ethereum:ETH:oracle"),
    /aave-v3:ethereum:ETH:oracle is read by no account; write one of: aave-v3:ethereum:wstETH:oracle, /,
  ],
  [
    "an account that its venue's rules refuse",
    (text: string) => text.replace("collateral: [1000 wstETH]", "collateral: [1000 stETH]"),
    /accounts\[0\]: loop at 1.02 is refused: collateral.0: stETH; write one of/,
  ],
  [
    "a field nobody knows",
    (text: string) => text.replace("guardSets:", "guardSet: []\nguardSets:"),
    /guardSet: unknown key/,
  ],
] as const)("%s is refused at its place, with what to write", (_case, change, said) => {
  const detail = refusal(change);
  expect(detail).toMatch(said);
  expect(detail).toMatch(/^drill\.yaml:\d+:\d+ /);
});

test("a set that must die may hold what the house refuses", () => {
  expect(refusal((text) => text.replace("below: 1.015, release: 1.018", "below: 0.90, release: 1.018"))).toBe("read");
});
