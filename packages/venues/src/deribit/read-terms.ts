import {
  type Exact,
  type Result,
  type Why,
  compare,
  fail,
  isNegative,
  isZero,
  ok,
  toNumber,
  why,
} from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import { unreadable } from "./read-holding.ts";
import type { DeribitTerms, FutureRules, PairRules } from "./terms.ts";

const positive = decimal(18).refine((value: Exact) => !isZero(value) && !isNegative(value), "must be above 0");
const atLeastZero = decimal(18).refine((value: Exact) => !isNegative(value), "must not be below 0");
const share = atLeastZero.refine((value: Exact) => toNumber(value) <= 1, "must not be above 1");
const real = decimal(18).transform(toNumber);
const realAboveZero = positive.transform(toNumber);
const realAtLeastZero = atLeastZero.transform(toNumber);

const Futures = z
  .object({
    initial: positive,
    maintenance: positive,
    slope: atLeastZero,
    tick: positive,
    step: positive,
    takerFee: atLeastZero,
    liquidationFee: atLeastZero,
    fundingCap: atLeastZero.optional(),
  })
  .transform(({ fundingCap, ...rest }): FutureRules => (fundingCap === undefined ? rest : { ...rest, fundingCap }));
const Options = z.object({
  initial: positive,
  initialFloor: positive,
  maintenance: positive,
  tick: positive,
  step: positive,
  takerFee: atLeastZero,
  feeCap: share,
  liquidationFee: atLeastZero,
});
const Matrix = z.object({
  priceRange: realAboveZero.refine((range) => range < 1, "a fall is less than everything"),
  buckets: z.number().int().min(1).max(100),
  volUp: realAtLeastZero,
  volDown: realAtLeastZero,
  volUpLeast: realAtLeastZero,
  shortPower: realAtLeastZero,
  longPower: realAtLeastZero,
  daysLeast: realAboveZero,
  extendedMoves: z.array(real.refine((move) => move > -1 && move !== 0, "above -1 and not 0")),
  extendedFactor: realAtLeastZero,
  extendedDampener: realAtLeastZero,
  annualisedMoveRisk: realAtLeastZero,
  minAnnualisedMove: realAtLeastZero,
  deltaShockThreshold: realAboveZero,
  deltaShockSlope: realAtLeastZero,
  deltaShockMost: realAtLeastZero,
  maintenanceFactor: realAboveZero,
});
const TermsJson = z.object({
  settlement: z
    .object({ minutes: z.number().int().min(1), readings: z.number().int().min(1) })
    .transform(({ minutes, readings }) => ({ windowMs: minutes * 60_000, readings })),
  pairs: z.record(
    z.string().min(1),
    z
      .object({ futures: Futures.optional(), options: Options.optional(), matrix: Matrix.optional() })
      .transform(({ futures, options, matrix }): PairRules => ({
        ...(futures && { futures }),
        ...(options && { options }),
        ...(matrix && { matrix }),
      })),
  ),
  optionsInBalance: z.enum(["none", "shorts"]),
  haircuts: z.record(z.string().min(1), share),
});

/** Reads the body of a terms document: decimal text in; rates that cannot be the venue's are refused. */
export function readTerms(raw: unknown): Result<DeribitTerms, Why> {
  const parsed = TermsJson.safeParse(raw);
  if (!parsed.success) return fail(unreadable("terms", parsed.error));
  for (const [pair, rules] of Object.entries(parsed.data.pairs)) {
    const wrong = contradiction(rules);
    if (wrong !== undefined)
      return fail(why("deribit/bad-rules", { pair, problem: wrong, next: "read the venue's margin parameters again" }));
  }
  return ok(parsed.data);
}

function contradiction({ futures, options }: PairRules): string | undefined {
  if (futures !== undefined && compare(futures.initial, futures.maintenance) < 0)
    return "initial margin of futures below maintenance";
  if (options === undefined) return undefined;
  if (compare(options.initialFloor, options.initial) > 0) return "the floor of an option's initial margin above it";
  // the form of a put's initial margin needs it, README.md rule 4
  if (compare(options.initialFloor, options.maintenance) < 0)
    return "the floor of an option's initial margin below maintenance";
  return undefined;
}
