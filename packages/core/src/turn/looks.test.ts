import fc from "fast-check";
import { expect, test } from "vitest";
import { accountKey, holdingId, ms, quoteKey, unknown, venueId, why } from "@plimsoll/core/units";
import type { Look } from "./look.ts";
import { Looks } from "./looks.ts";

const numRuns = Number(process.env["PLIMSOLL_RUNS"] ?? 200);
const quotes = ["a", "b", "c"].map(quoteKey);
const holdings = ["h1", "h2", "h3"].map(holdingId);

const lookOf = (holding: Look["view"]["holding"], account: string, on: Look["quotes"]): Look => ({
  quotes: on,
  oldest: ms(0),
  view: {
    ...{ holding, venue: venueId("toy"), rules: "toy", account: accountKey(account), asOf: ms(0) },
    ...{ danger: "unknown", because: why("x"), equity: unknown(why("x")), boundaries: [] },
  },
});
const on: fc.Arbitrary<Look["quotes"]> = fc.oneof(fc.subarray(quotes), fc.constant("any" as const));
const step = fc.record({
  holding: fc.constantFrom(...holdings),
  accounts: fc.uniqueArray(fc.tuple(fc.constantFrom("x", "y", "z"), on), { selector: ([account]) => account }),
  isUpdate: fc.boolean(),
});

test("whatever was looked at in whatever order, a price finds the accounts that a pass over all would find", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const looks = new Looks();
      const model = new Map<string, Look>();
      for (const { holding, accounts, isUpdate } of steps) {
        const all = accounts.map(([account, key]) => lookOf(holding, account, key));
        const idOf = ({ view }: Look) => `${view.holding}/${view.account}`;
        if (isUpdate) {
          for (const look of all.filter((one) => model.has(idOf(one)))) model.set(looks.update(look), look);
          continue;
        }
        const gone = [...model].filter(([id, { view }]) => view.holding === holding && !all.map(idOf).includes(id));
        expect(looks.replace(holding, all)).toEqual(expect.arrayContaining(gone.map(([id]) => id)));
        for (const [id] of gone) model.delete(id);
        for (const look of all) model.set(idOf(look), look);
        expect(looks.ofHolding(holding)).toEqual(all.map(idOf));
      }
      for (const key of quotes) {
        const passed = [...model].filter(([, look]) => look.quotes === "any" || look.quotes.includes(key));
        const found = looks.dependingOn([key]);
        expect([...found.values()].flat().toSorted()).toEqual(passed.map(([id]) => id).toSorted());
        for (const [holding, ids] of found)
          expect(ids).toEqual(looks.ofHolding(holding).filter((id) => ids.includes(id)));
      }
      for (const [id, look] of model) expect(looks.get(id)).toBe(look);
      expect([...looks.all().values()].flat().toSorted()).toEqual([...model.keys()].toSorted());
    }),
    { numRuns },
  );
});
