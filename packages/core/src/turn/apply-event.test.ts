import { dec, ms, quoteKey, why } from "@plimsoll/core/units";
import { expect, test } from "vitest";
import { applyEvent, noFacts, termsOf } from "./apply-event.ts";
import { toyHolding, toyTerms } from "./testing/toy-engine.ts";

const key = quoteKey("toy:COIN:mark");
const price = (text: string, at: number) =>
  ({ type: "price", key, price: dec(text), kind: "mark", at: ms(at) }) as const;
const held = (asOf: number) =>
  ({ type: "holding", holding: toyHolding({ wallet: BigInt(asOf), loans: {} }, asOf) }) as const;
const document = (fee: bigint, validFrom: number) =>
  ({ type: "terms", terms: { ...toyTerms({ fee }), validFrom: ms(validFrom) } }) as const;

test("only what is newer is taken; what is as new ends a loss and changes no value", () => {
  const facts = noFacts();
  expect(applyEvent(facts, price("10", 5))).toEqual({ of: "price", key });
  expect(applyEvent(facts, price("11", 4))).toEqual({ of: "nothing" });
  expect(applyEvent(facts, price("12", 5))).toEqual({ of: "nothing" });
  expect(applyEvent(facts, { type: "lost", what: key, why: why("gone") })).toEqual({ of: "everything" });
  expect(applyEvent(facts, price("13", 4))).toEqual({ of: "nothing" });
  expect(facts.lost.has(key)).toBe(true);
  expect(applyEvent(facts, price("14", 5))).toEqual({ of: "price", key });
  expect(facts.lost.has(key)).toBe(false);
  expect(facts.quotes.get(key)).toMatchObject({ value: dec("10"), asOf: 5 });
});

test("a loss of a venue takes all of its own, an unknown name takes everything, one that was never seen nothing", () => {
  const facts = noFacts();
  const other = quoteKey("sea:FISH:mark");
  for (const event of [price("10", 5), { ...price("1", 5), key: other }, held(5)]) applyEvent(facts, event);
  applyEvent(facts, { type: "lost", what: "toy:NEVER:mark", why: why("gone") });
  expect([...facts.lost.keys()]).toEqual([]);
  applyEvent(facts, { type: "lost", what: "toy", why: why("gone") });
  expect([...facts.lost.keys()]).toEqual([key, "toy:me"]);
  applyEvent(facts, { type: "lost", what: "the cable", why: why("gone") });
  expect([...facts.lost.keys()].toSorted()).toEqual([other, key, "toy:me"].toSorted());
});

test("terms: the newest in force, back to an earlier text too; what is announced waits; old ones are dropped", () => {
  const facts = noFacts();
  const fee = (at: number) => {
    const body = termsOf(facts, held(1).holding, ms(at))?.body as { readonly fee: bigint } | undefined;
    return body?.fee;
  };
  expect(fee(100)).toBeUndefined();
  for (const [one, from] of [
    [1n, 10],
    [2n, 20],
    [1n, 30],
  ] as const)
    expect(applyEvent(facts, document(one, from))).toEqual({ of: "terms", venue: "toy" });
  expect(fee(40)).toBe(1n);
  expect(applyEvent(facts, document(1n, 35))).toEqual({ of: "nothing" });
  applyEvent(facts, held(40));
  applyEvent(facts, document(3n, 200));
  expect([fee(1), fee(199), fee(200)]).toEqual([1n, 1n, 3n]);
  expect([...facts.terms.values()].flat()).toHaveLength(2);
  // a reading of the venue at 200 rests on the document of 200, whatever our clock says
  expect(termsOf(facts, held(200).holding, ms(190))?.body).toMatchObject({ fee: 3n });
});
