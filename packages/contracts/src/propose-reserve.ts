import { type Result, type Why, ZERO, fail, ok, why } from "@plimsoll/core/units";
import { isAddressEqual, type Hex } from "viem";
import { afterRepay, debtOf, healthOf, readAccount } from "./account.ts";
import type { Policy } from "./policy.ts";
import { readGuardian } from "./reader.ts";
import type { Rescue, Site } from "./propose-rescue.ts";

/**
 * The call that repays from the owner's wallet into the middle of the band, or as far as the wallet goes: it sells nothing.
 * @returns the contract's refusal; among others that the owner does not allow it or that the wallet is empty.
 */
export async function proposeReserveRepay(
  { reader, guardian, executor }: Pick<Site, "reader" | "guardian" | "executor">,
  policy: Policy,
  debt: Hex,
): Promise<Result<Rescue, Why>> {
  const account = await readAccount(reader, policy.provider, policy.owner);
  if (!account.ok) return account;
  const held = account.value.find(({ asset }) => isAddressEqual(asset, debt));
  if (held === undefined) return fail(why("guardian/nothing-owed", { asset: debt, next: "nothing has to be repaid" }));
  const aim = (policy.health.targetLow + policy.health.targetHigh) / 2n;
  const healthAfter = (repaid: bigint) =>
    healthOf(account.value.map((each) => (each === held ? afterRepay(held, repaid) : each)));
  let [enough, tooMuch] = [0n, debtOf(held) + 1n];
  while (tooMuch - enough > 1n) {
    const middle = (enough + tooMuch) / 2n;
    const health = healthAfter(middle);
    if (health !== undefined && health <= aim) enough = middle;
    else tooMuch = middle;
  }
  const at = { to: guardian, from: executor };
  const outcome = await readGuardian(reader, at, "repayFromReserve", [policy, debt, enough]);
  if (!outcome.ok) return outcome;
  return ok({ by: "repayFromReserve", debt, repay: enough, sales: [], outcome: outcome.value, cost: ZERO });
}
