import {
  type BoundEngine,
  type Line,
  type LineName,
  type MarginEngine,
  type Scene,
  bindEngine,
} from "@plimsoll/core/margin";
import { type Conformance, type State, checks, runsAsked } from "@plimsoll/core/margin/testing";
import {
  type AccountKey,
  type Exact,
  compare,
  dec,
  exact,
  fail,
  hash,
  holdingId,
  ms,
  ok,
  quoteKey,
  quotient,
  subtract,
  venueId,
  why,
} from "@plimsoll/core/units";
import * as fc from "fast-check";
import * as z from "zod";

// What the four probes share: they ask whether the six functions and the form can say what a venue does, not for a whole engine.

/** Integers as the journal writes them. */
export const integer = z.union([
  z.bigint(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(BigInt),
]);
export const at = ms(1_750_000_000_000);

export const holdingOf = (body: unknown) => ({
  id: holdingId("probe"),
  venue: venueId("probe"),
  rules: "1",
  asOf: at,
  body,
});

/** A scene at a fixed time from decimal texts. */
export function sceneOf<T>(quotes: Readonly<Record<string, string>>, body: T): Scene<T> {
  const read = Object.entries(quotes).map(
    ([key, value]) => [quoteKey(key), { value: dec(value), kind: "mark" as const, asOf: at }] as const,
  );
  const document = { venue: venueId("probe"), rules: "1", validFrom: ms(0), hash: hash("0"), source: "worked example" };
  return { now: at, quotes: new Map(read), terms: { ...document, body } };
}

/** Closes a probe's schema over its engine; its terms are the test's own. */
export const boundTo = <H, T>(engine: MarginEngine<H, T>, schema: z.ZodType<H>): BoundEngine =>
  bindEngine(
    engine,
    (raw) => {
      const read = schema.safeParse(raw);
      return read.success ? ok(read.data) : fail(why("unreadable", { detail: z.prettifyError(read.error) }));
    },
    (raw) => ok(raw as T),
    ok,
  );

/** A line from what counts and what is needed, with the venue's multiple of need. */
export function lineOf(name: LineName, have: Exact, need: Exact, meaning: string): Line {
  const surplus = subtract(have, need);
  const [health, crossed] = [quotient(have, need, 12, "floor"), compare(surplus, exact(0n)) < 0];
  return { name, required: need, surplus, health, crossed, strict: true, meaning };
}

/** A quote of the scene. @throws MissingQuote, which `assess` turns into an unknown equity. */
export function quoteIn(scene: Scene<unknown>, key: string): Exact {
  const quote = scene.quotes.get(quoteKey(key));
  if (quote === undefined) throw new MissingQuote(key);
  return quote.value;
}
export class MissingQuote extends Error {}

/** Runs the named groups of the conformance suite on states around a worked example. */
export function runGroups(
  groups: readonly string[],
  spec: Pick<Conformance, "engine" | "lines"> & Partial<Conformance>,
  states: fc.Arbitrary<State>,
): void {
  const whole: Conformance = {
    name: "probe",
    states,
    ties: [],
    nulls: [],
    scaled: { notProportional: "not asked" },
    positions: {
      larger: { notHere: "not asked" },
      turned: { notHere: "not asked" },
      burdened: { notHere: "not asked" },
    },
    withCash: (holding) => holding,
    effects: () => fc.constant({ was: "settlement", body: null }),
    wrong: [],
    ...spec,
  };
  const asked = checks.filter(({ name }) => groups.some((group) => name.startsWith(group)));
  for (const check of asked) check.run(whole, { runs: runsAsked(spec.runs ?? 20), hasty: false });
}

/** The only account of a probe that has one. */
export const only = (accounts: readonly AccountKey[]): AccountKey => {
  if (accounts.length !== 1) throw new Error(`expected one account, got ${accounts.length}`);
  return accounts[0]!;
};
