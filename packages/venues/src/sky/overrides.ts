import type { Terms } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, dec, fail, ok, rescale, why } from "@plimsoll/core/units";
import { aboveZero, amount, share, termsDocument } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { IlkTerms, SkyTerms } from "./terms.ts";

/** Parameters of a vault type as people say them: a ratio of "1.45", a penalty of "0.13", the least debt in the stablecoin. */
export const WrittenOverrides = z.record(
  z.string().min(1),
  z.strictObject({
    liquidationRatio: aboveZero("145 % is 1.45")
      .refine((ratio) => !/^0/.test(ratio), "a liquidation ratio is at least 1: 145 % is 1.45")
      .optional(),
    penalty: share.optional(),
    leastDebt: amount.optional(),
  }),
);
type Overrides = z.infer<typeof WrittenOverrides>;

/**
 * The shipped terms with an account's own parameters. They become a market of that account alone, so that its terms do not pass
 * for the real ones.
 */
export function overrideTerms(
  shipped: Terms<SkyTerms>,
  overrides: Overrides,
  id: HoldingId,
): Result<Terms<SkyTerms>, Why> {
  const names = Object.keys(overrides);
  if (names.length === 0) return ok(shipped);
  const known = shipped.body.ilks.map(({ ilk }) => ilk);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined)
    return fail(
      why("sky/written", { path: `parameters.${stranger}`, value: stranger, next: `write one of ${known.join(", ")}` }),
    );
  const body = {
    ...shipped.body,
    market: `${shipped.body.market}/${id}`,
    ilks: shipped.body.ilks.map((ilk) => ({ ...ilk, ...changed(overrides[ilk.ilk] ?? {}) })),
    completeness: `${shipped.body.completeness}. Parameters of ${names.join(", ")} as the owner wrote them`,
  };
  const validFrom = new Date(shipped.validFrom).toISOString().slice(0, 10);
  return ok({ ...termsDocument({ ...shipped, market: body.market, validFrom, body }), body });
}

const digits = (text: string, scale: number): bigint => rescale(dec(text), scale, "down").digits;

const changed = ({ liquidationRatio, penalty, leastDebt }: Overrides[string]): Partial<IlkTerms> => ({
  ...(liquidationRatio !== undefined && { mat: digits(liquidationRatio, 27) }),
  ...(penalty !== undefined && { chop: 10n ** 18n + digits(penalty, 18) }),
  ...(leastDebt !== undefined && { dust: digits(leastDebt, 45) }),
});
