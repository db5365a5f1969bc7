import type { Scene, Step } from "@plimsoll/core/margin";
import { assetId, exact, text } from "@plimsoll/core/units";
import { type Absorbed, absorb } from "./absorb.ts";
import type { CometBody } from "./holding.ts";
import type { CometTerms } from "./terms.ts";

/**
 * What an absorb takes now: one step, the whole account; nothing is left to choose for anybody.
 * @returns no step for a safe account, an unknown price, or where absorbing is paused.
 */
export function liquidateComet(body: CometBody, scene: Scene<CometTerms>): readonly Step<CometBody>[] {
  const done = absorb(body, scene);
  return done.ok ? [stepOf(done.value, scene.terms.body)] : [];
}

/** `fee`: what the market keeps of the collateral's value beyond debt and remainder, in base. */
function stepOf(done: Absorbed, { base }: CometTerms): Step<CometBody> {
  const inBase = (amount: bigint) =>
    amount === 0n ? [] : [{ asset: assetId(base.asset), amount: exact(amount, base.decimals) }];
  return {
    what: `${text(exact(done.owed, base.decimals))} ${base.asset} of debt absorbed with all collateral`,
    after: done.after,
    taken: done.seized.map(({ held, terms }) => ({
      asset: assetId(terms.asset),
      amount: exact(held.balance, terms.decimals),
    })),
    fee: inBase(done.penalty),
    badDebt: inBase(done.shortfall),
  };
}
