import type { Foreseen } from "@plimsoll/core/risk";
import { dec, ms, why } from "@plimsoll/core/units";
import { ComingChange } from "@plimsoll/server/contract";
import { comingText } from "@plimsoll/server/display";
import { expect, test } from "vitest";
import { viewComing } from "./coming.ts";

const foreseen: Foreseen = {
  ...{ at: ms(Date.UTC(2026, 11, 1)), how: "announced", source: "the venue's page" },
  changes: [{ path: "reserves/WETH/ltv", from: "8050", to: "7500" }],
  ...{ refused: [], unread: [], danger: "act", because: why("health"), touches: true },
  lines: [
    { name: "borrow", before: dec("1.2"), after: dec("1.1") },
    { name: "maintenance", before: dec("1.310"), after: dec("1.2315") },
  ],
};
const before = ms(Date.UTC(2026, 10, 20));
const said = (change: Partial<Foreseen>, now: Foreseen["danger"] = "watch", at = before) =>
  comingText(ComingChange.parse(viewComing({ ...foreseen, ...change }, now, at)), now);
const rules = "reserves/WETH/ltv 8050 becomes 7500 (announced: the venue's page)";

// oxfmt-ignore
test.each([
  ["a worse word",        said({}),                                     `2026-12-01 00:00:00 UTC: watch becomes act, health 1.310 becomes 1.231; ${rules}`],
  ["a better word",       said({}, "danger"),                           `2026-12-01 00:00:00 UTC: danger becomes act, which is better, health 1.310 becomes 1.231; ${rules}`],
  ["the same word",       said({}, "act"),                              `2026-12-01 00:00:00 UTC: stays act, health 1.310 becomes 1.231; ${rules}`],
  ["another's rules",     said({ touches: false, danger: "watch" }),    `2026-12-01 00:00:00 UTC: no figure of it changes; ${rules}`],
  ["a date that is past", said({}, "watch", foreseen.at),               `due since 2026-12-01 00:00:00 UTC and not yet seen in its rules: watch becomes act, health 1.310 becomes 1.231; ${rules}`],
  ["no line then",        said({ lines: [{ name: "maintenance", before: dec("1.3") }], danger: "unknown" }), `2026-12-01 00:00:00 UTC: watch becomes unknown; ${rules}`],
  ["what cannot be read", said({ changes: [], unread: ["call 0x12345678 of 0xabc"], danger: "unknown" }), "2026-12-01 00:00:00 UTC: watch becomes unknown, health 1.310 becomes 1.231; something is queued that cannot be read: call 0x12345678 of 0xabc (announced: the venue's page)"],
])("%s", (_case, text, expected) => expect(text).toBe(expected));

test("a change worsens the word only where the word is another and worse", () => {
  const worsens = (now: Foreseen["danger"]) => viewComing(foreseen, now, before).worsens;
  expect((["safe", "watch", "act", "unknown", "danger"] as const).map(worsens)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
