import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, isNegative, negate, ok, why } from "@plimsoll/core/units";
import type { Body, Funding } from "./holding.ts";
import { indexKey, readInstrument } from "./instrument.ts";
import { quoteOf } from "./quote.ts";
import type { DeribitTerms } from "./terms.ts";

/**
 * The holding as if every perpetual paid its cap of funding from now on.
 * @returns a failure where the terms state no cap of a perpetual that is held, or the index is missing that funding is counted at.
 * @source Deribit, funding specifications: the rate is capped on both sides, each instrument at its own cap. README.md rule 25
 */
export function atWorstRates(body: Body, scene: Scene<DeribitTerms>): Result<Body, Why> {
  const funding: Funding[] = [];
  for (const { instrument: name, size } of body.positions) {
    const instrument = readInstrument(name);
    if (instrument === undefined || instrument.expiry !== undefined) continue;
    const { pair } = instrument;
    const { pairs } = scene.terms.body;
    const cap = Object.hasOwn(pairs, pair) ? pairs[pair]?.futures?.fundingCap : undefined;
    if (cap === undefined)
      return fail(
        why("deribit/no-funding-bound", {
          instrument: name,
          next: "the venue caps funding by instrument, and no bound of this one is known: add its fundingCap to the terms",
        }),
      );
    const index = quoteOf(indexKey(pair), "index", scene);
    if (!index.ok) return index;
    const from = body.funding.find((each) => each.instrument === name)?.from ?? scene.now;
    funding.push({ instrument: name, rate: isNegative(size) ? negate(cap) : cap, from });
  }
  return ok({ ...body, funding });
}
