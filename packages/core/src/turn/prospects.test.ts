import fc from "fast-check";
import type { BookEvent, Pending, Terms } from "@plimsoll/core/book";
import { nearnessOf, remindBeforeMs } from "@plimsoll/core/risk";
import { dec, exact, ms, text } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { createHash } from "node:crypto";
import type { Decision, Input } from "./contract.ts";
import { createTurn } from "./create-turn.ts";
import { boundToy, toyHolding, toyPrice, toyTerms, toyVenue } from "./testing/index.ts";

const runs = Number(process.env["PLIMSOLL_RUNS"] ?? 100);
const HOUR = 3_600_000;
const AT = 1_000 * HOUR;
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());

/** A turn that has seen one loan of one coin at a price, now and then something else. */
function book(price: string, debt: bigint, terms: Terms<unknown> = toyTerms()) {
  const turn = createTurn({ engineOf: () => boundToy, sha256 });
  let seq = 0n;
  const feed = (at: number, event: Input["event"]): readonly Decision[] => turn.turn({ seq: ++seq, at: ms(at), event });
  const see = (at: number) => [
    ...feed(at, { type: "price", key: toyPrice("COIN"), price: dec(price), kind: "mark", at: ms(at) }),
    ...feed(at, {
      type: "holding",
      holding: toyHolding({ wallet: 0n, loans: { a: { coin: "COIN", coins: 10n ** 8n, debt } } }, at),
    }),
  ];
  feed(AT, { type: "terms", terms });
  see(AT);
  return { turn, feed, see, account: () => turn.view().accounts[0]! };
}
const notice = (at: number, threshold: string, source = "the venue's page"): Pending => ({
  ...{ at: ms(at), venue: toyVenue, source, how: "notice" },
  changes: [{ path: "threshold", to: threshold }],
});
const told = (...changes: Pending[]): BookEvent => ({ type: "pending", of: "notices", changes });
const announced = (threshold: bigint, validFrom: number) => ({ ...toyTerms({ threshold }), validFrom: ms(validFrom) });

test("what a notice foresees is what the account shows once the change is in force, to the unit", () => {
  const amounts = fc.bigInt({ min: 1n, max: 900_000_000n });
  fc.assert(
    fc.property(
      amounts,
      fc.bigInt({ min: 1n, max: 9_999n }),
      fc.integer({ min: 100, max: 2_000 }),
      (debt, threshold, price) => {
        const before = book(`${price}`, debt);
        before.feed(AT, told(notice(AT + HOUR, `${threshold}`)));
        const after = book(`${price}`, debt, toyTerms({ threshold })).account();
        const [foreseen] = before.account().foreseen ?? [];
        if (threshold === 8_000n) {
          expect(foreseen).toBeUndefined();
          return;
        }
        expect(foreseen).toMatchObject({ danger: after.danger, because: after.because, at: AT + HOUR, how: "notice" });
        expect(foreseen?.lines).toEqual([
          { name: "maintenance", before: before.account().maintenance?.health, after: after.maintenance?.health },
        ]);
      },
    ),
    { numRuns: runs },
  );
});

test("an announced document and a notice after it add up; what comes later knows of what came before", () => {
  const { feed, account } = book("1000", 400_000_000n);
  feed(AT, { type: "terms", terms: announced(6_000n, AT + 2 * HOUR) });
  feed(AT, told(notice(AT + 3 * HOUR, "5000"), notice(AT + HOUR, "7000")));
  expect(
    account().foreseen?.map(({ at, how, changes, lines }) => [at - AT, how, changes, text(lines[0]!.after!)]),
  ).toEqual([
    [HOUR, "notice", [{ path: "threshold", from: "8000", to: "7000" }], "1.75000000"],
    [2 * HOUR, "announced", [{ path: "threshold", from: "7000", to: "6000" }], "1.50000000"],
    [3 * HOUR, "notice", [{ path: "threshold", from: "6000", to: "5000" }], "1.25000000"],
  ]);
  // the notice of the first hour is overtaken by the document that took its place
  feed(AT + 2 * HOUR, { type: "tick" });
  expect(account().foreseen?.map(({ at }) => at - AT)).toEqual([3 * HOUR]);
  expect(text(account().maintenance!.health)).toBe("1.50000000");
});

test("a change that worsens the word is told at once, at each reminder and when it is due, and once each", () => {
  const { feed, see } = book("1000", 400_000_000n);
  const on = AT + 48 * HOUR;
  const alerts = (decisions: readonly Decision[]) =>
    decisions.flatMap((each) => (each.type === "alert" && each.why.code === "rules-change" ? [each] : []));
  const first = alerts(feed(AT, told(notice(on, "4400"))));
  expect(first).toMatchObject([
    { danger: "danger", why: { facts: { now: "watch", then: "danger", what: "threshold becomes 4400", on: `${on}` } } },
  ]);
  const again: number[] = [];
  for (let at = AT; at <= on + 2 * HOUR; at += HOUR / 2) {
    const seen = alerts([...see(at), ...feed(at, { type: "tick" })]);
    if (seen.length > 0) again.push((on - at) / HOUR);
    expect(seen.length).toBeLessThanOrEqual(1);
  }
  expect(again).toEqual([24, 6, 1, 0]);
});

test("no alert where the word stays or gets better, where the price is harmless, or once the notice is taken back", () => {
  const { feed, account, turn } = book("1000", 400_000_000n);
  const before = turn.hash();
  expect(feed(AT, told(notice(AT + HOUR, "9000"), notice(AT + HOUR, "7999", "another page")))).toEqual([]);
  expect(account().foreseen).toHaveLength(2);
  expect(turn.hash()).not.toBe(before);
  expect(feed(AT, told(notice(AT + HOUR, "4400")))).toHaveLength(1);
  expect(feed(AT, told(notice(AT + HOUR, "4400")))).toEqual([]);
  feed(AT, told());
  expect(account().foreseen).toBeUndefined();
  expect(turn.hash()).toBe(before);
});

test("a parameter that the terms do not have is said, and so are terms that the engine cannot take", () => {
  const { feed, account } = book("1000", 400_000_000n);
  feed(AT, told({ ...notice(AT + HOUR, "1"), changes: [{ path: "treshold", to: "1" }] }));
  const [typo] = account().foreseen!;
  expect(typo).toMatchObject({ touches: false, changes: [], refused: [{ code: "terms/no-such-parameter" }] });
});

test("a new price source is foreseen as a price", () => {
  const { feed, account } = book("1000", 400_000_000n);
  const prices = [{ key: toyPrice("COIN"), to: exact(450n) }];
  feed(AT, told({ ...notice(AT + HOUR, "8000"), changes: [], prices }));
  expect(account().foreseen).toMatchObject([
    { danger: "liquidatable", touches: true, lines: [{ after: dec("0.90000000") }] },
  ]);
});

test("what is queued stays until its queue no longer names it; a notice is overtaken by a document of a later day", () => {
  const { feed, account } = book("1000", 400_000_000n);
  const queued: Pending = { ...notice(AT + HOUR, "5000", "a queue"), how: "queued" };
  feed(AT, told(notice(AT + HOUR, "6000")));
  feed(AT, { type: "pending", of: "a queue", changes: [queued] });
  feed(AT + 2 * HOUR, { type: "terms", terms: announced(7_000n, AT + 2 * HOUR) });
  expect(account().foreseen).toMatchObject([{ how: "queued", changes: [{ from: "7000", to: "5000" }] }]);
  feed(AT + 2 * HOUR, { type: "pending", of: "a queue", changes: [] });
  expect(account().foreseen).toBeUndefined();
});

test("with something that cannot be read the word is never better than unknown, until a document tells the whole", () => {
  const { feed, account } = book("1000", 400_000_000n);
  const blind: Pending = { ...notice(AT + HOUR, "8000"), changes: [], unread: ["call 0x1234"] };
  const alerts = feed(AT, told(blind, notice(AT + 2 * HOUR, "7000"), notice(AT + 3 * HOUR, "3900")));
  feed(AT, { type: "terms", terms: announced(7_500n, AT + 4 * HOUR) });
  expect(account().foreseen?.map(({ danger, unread }) => [danger, unread.length])).toEqual([
    ["unknown", 1],
    ["unknown", 1],
    ["liquidatable", 1],
    ["watch", 0],
  ]);
  expect(alerts.map((each) => each.type === "alert" && each.danger)).toEqual(["unknown", "unknown", "liquidatable"]);
});

test("a document that stands in for an unknown earlier one overtakes no notice", () => {
  const { feed, account } = book("1000", 400_000_000n, announced(8_000n, AT + 9 * HOUR));
  feed(AT, told(notice(AT + HOUR, "5000")));
  expect(account().foreseen).toMatchObject([{ changes: [{ from: "8000", to: "5000" }] }]);
});

test("another venue's or market's change concerns nobody here", () => {
  const { feed, account } = book("1000", 400_000_000n);
  feed(AT, told({ ...notice(AT + HOUR, "1"), market: "elsewhere" }, { ...notice(AT + HOUR, "1"), rules: "2" }));
  expect(account().foreseen).toBeUndefined();
});

test("nearness grows with each reminder", () => {
  const all = remindBeforeMs.length + 1;
  expect([25, 24, 6, 1, 0, -5].map((hours) => nearnessOf(ms(hours * HOUR), ms(0)))).toEqual([0, 1, 2, 3, all, all]);
});
