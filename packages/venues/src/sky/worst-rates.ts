import type { Scene } from "@plimsoll/core/margin";
import { type Result, type Why, fail, maxOf, ok, why } from "@plimsoll/core/units";
import { feePerSecond } from "./fee.ts";
import type { IlkHeld, SkyBody } from "./holding.ts";
import type { SkyTerms } from "./terms.ts";

/** The holding at the highest fees that can be set between votes, or at its own where these are higher; a fee that is not known has no bound either. */
export function atWorstRatesSky(body: SkyBody, { terms }: Scene<SkyTerms>): Result<SkyBody, Why> {
  const ilks: IlkHeld[] = [];
  for (const held of body.ilks) {
    const most = terms.body.ilks.find(({ ilk }) => ilk === held.ilk)?.feeMost ?? "unknown";
    if (most === "unknown" || held.fee === "unknown")
      return fail(why("sky/fee-unknown", { type: held.ilk, next: "read the fee and its bound" }));
    ilks.push({ ...held, fee: maxOf(held.fee, feePerSecond(most)) });
  }
  return ok({ ...body, ilks });
}
