import { createHash } from "node:crypto";
import type { Pending } from "@plimsoll/core/book";
import { type Input, createTurn } from "@plimsoll/core/turn";
import { boundToy, toyHolding, toyPrice, toyTerms, toyVenue } from "@plimsoll/core/turn/testing";
import { dec, hash, ms } from "@plimsoll/core/units";
import { viewActivity } from "@plimsoll/server/view";
import { expect, test } from "vitest";
import { Happenings } from "./happenings.ts";

const AT = Date.UTC(2026, 10, 20);

test("a change of rules is told as it is learnt, as it comes nearer, and when it has come", () => {
  const turn = createTurn({
    engineOf: () => boundToy,
    sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  });
  const happenings = new Happenings();
  let number = 0n;
  const feed = (at: number, event: Input["event"]) => {
    const input = { seq: ++number, at: ms(at), event };
    const decisions = turn.turn(input);
    const records = [
      { kind: "input" as const, input, number },
      { kind: "decided" as const, of: number, decisions, state: hash(""), number },
    ];
    happenings.add(
      records.map((record) => ({ at: ms(at), record })),
      () => turn.view(),
    );
  };
  const loan = { a: { coin: "COIN", coins: 10n ** 8n, debt: 400_000_000n } };
  const notice: Pending = {
    ...{ at: ms(AT + 86_400_000), venue: toyVenue, source: "the lender's page", how: "notice" },
    changes: [{ path: "threshold", to: "4400" }],
  };
  feed(AT, { type: "terms", terms: toyTerms() });
  feed(AT, { type: "price", key: toyPrice("COIN"), price: dec("1000"), kind: "mark", at: ms(AT) });
  feed(AT, { type: "holding", holding: toyHolding({ wallet: 0n, loans: loan }, AT) });
  feed(AT, { type: "pending", of: "notices", changes: [notice] });
  feed(AT + 1, { type: "terms", terms: { ...toyTerms({ threshold: 4_400n }), validFrom: ms(AT + 1) } });
  const told = happenings
    .page({ limit: 9 })
    .map(viewActivity)
    .map(({ title, because }) => [title, ...because].join(" | "))
    .toReversed();
  expect(told).toEqual([
    expect.stringContaining("Danger: watch"),
    "notices: 1 coming change of rules known",
    "Coming: danger | on 2026-11-21 00:00:00 UTC threshold becomes 4400: the account goes from watch to danger (the lender's page)",
    "Rules of toy from 2026-11-20: threshold 8000 becomes 4400",
    expect.stringContaining("Danger: danger"),
  ]);
});

test("what happened between two readings, and what was found after an absence, have titles of their own", () => {
  const turn = createTurn({
    engineOf: () => boundToy,
    sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  });
  const happenings = new Happenings();
  let number = 0n;
  const feed = (at: number, event: Input["event"]) => {
    const input = { seq: ++number, at: ms(at), event };
    const decisions = turn.turn(input);
    const record = { kind: "decided" as const, of: number, decisions, state: hash(""), number };
    happenings.add([{ at: ms(at), record }], () => turn.view());
  };
  const loan = (coins: bigint) => ({ a: { coin: "COIN", coins, debt: 100_000_000n } });
  const read = (at: number, coins: bigint) => {
    feed(at, { type: "price", key: toyPrice("COIN"), price: dec("1000"), kind: "mark", at: ms(at) });
    feed(at, { type: "holding", holding: toyHolding({ wallet: 0n, loans: loan(coins) }, at) });
  };
  feed(AT, { type: "terms", terms: toyTerms() });
  read(AT, 10n ** 8n);
  read(AT + 10_000, 2n * 10n ** 8n);
  read(AT + 100_000, 2n * 10n ** 8n);
  const told = happenings
    .page({ limit: 9 })
    .map(viewActivity)
    .map(({ title, because }) => [title, ...because].join(" | "))
    .filter((line) => !line.startsWith("Danger"));
  expect(told.toReversed()).toEqual([
    "Changed: manual | toy:me/a: a from 1 to 2, by hand: the venue reports nothing of its own, and nothing of ours explains it",
    "Seen again | seen again after 90 s: no position changed; stops of ours that lie there: 0, none is missing",
  ]);
});
