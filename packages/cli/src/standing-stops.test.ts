import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { BookEvent } from "@plimsoll/core/book";
import { assessed, isTaken } from "@plimsoll/core/planner";
import type { StandingStop } from "@plimsoll/core/policy";
import { groundAt, positionsOf, proposeStops, wantedStops } from "@plimsoll/core/protection";
import { applyEvent, groundOf, isGround, noFacts } from "@plimsoll/core/turn";
import { toyGuard } from "@plimsoll/core/turn/testing";
import { dec, known, ms, multiply } from "@plimsoll/core/units";
import { engineOf } from "@plimsoll/venues";
import { expect, test } from "vitest";
import { readBookFile } from "./files/book-file.ts";

const AT = ms(Date.UTC(2026, 10, 22));
const folder = join(import.meta.dirname, "../../../examples");
const books = readdirSync(folder).filter((name) => name.endsWith(".yaml") && name !== "plimsoll.yaml");

/** Every account of a book under its own engine. */
function accountsOf(events: readonly BookEvent[]) {
  const facts = noFacts();
  for (const event of events) applyEvent(facts, event);
  return [...facts.holdings.values()].flatMap((held) => {
    const ground = groundOf({ engineOf, sha256: (bytes) => bytes }, facts, held, AT);
    return isGround(ground) ? ground.engine.accounts(ground.holding).map((account) => ({ ground, account })) : [];
  });
}

/** What a stop that follows would be for every position of the shipped books, at every venue that holds one. */
const cases = books.flatMap((name) => {
  const read = readBookFile(join(folder, name), AT, AT);
  if (!read.ok) throw new Error(`${name}: ${read.failure.facts["detail"]}`);
  return accountsOf(read.value.events).flatMap(({ ground, account }) => {
    const positions = positionsOf(ground, account);
    const kind = ground.holding.venue === "deribit" ? "index" : "mark";
    return (positions.ok ? positions.value : []).flatMap((position) => {
      const stop: StandingStop = { instrument: position.instrument, kind, place: { before: dec("0.02") } };
      return wantedStops(toyGuard({ stops: [stop] }), ground, account).map((wanted) => ({
        name,
        ground,
        wanted,
        position,
      }));
    });
  });
});

test("at every venue: the stop comes before the liquidation, that is where the rules say, and the venue's rules take it", () => {
  const venues = new Set<string>();
  for (const { name, ground, wanted } of cases) {
    if (!wanted.ok) {
      expect([name, wanted.failure.code]).toEqual([name, expect.stringMatching(/nothing-to-follow|already-through/)]);
      continue;
    }
    const { position, quote, follows, trigger } = wanted.value;
    const taken = (share: string) => {
      const there = groundAt(ground, quote, multiply(follows!.liquidation, dec(share)));
      return isTaken(assessed(there, position.account));
    };
    const [before, beyond] = position.side === "sell" ? ["1.0001", "0.9999"] : ["0.9999", "1.0001"];
    expect([name, taken(before!), taken(beyond!)]).toEqual([name, false, true]);
    const { works, refusals } = proposeStops(ground, [position], [wanted.value], known([], AT));
    if (/-[CP]$/.test(position.instrument)) {
      expect(refusals).toMatchObject([{ code: "deribit/no-stop-of-options" }]);
      continue;
    }
    expect([name, refusals]).toEqual([name, []]);
    expect(works).toMatchObject([{ action: { do: "stop", side: position.side, trigger }, urgent: true }]);
    venues.add(ground.holding.venue);
  }
  expect([...venues].toSorted()).toEqual(["binance", "binance-coinm", "binance-pm", "bybit", "hyperliquid", "okx"]);
});
