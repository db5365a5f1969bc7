import { type Exact, type Result, type Why, exact, fail, ok, text, why } from "@plimsoll/core/units";
import type { LiquityBody } from "./holding.ts";

/** What the wallet holds of an asset. */
export const walletOf = ({ wallet }: LiquityBody, asset: string): bigint | "unknown" =>
  wallet === "unknown" ? wallet : (wallet.find((each) => each.asset === asset)?.units ?? 0n);

/** The holding after the wallet paid, or received where `units` is below 0; a wallet that was not read limits nothing. */
export function payFrom(body: LiquityBody, asset: string, units: bigint): Result<LiquityBody, Why> {
  const has = walletOf(body, asset);
  if (has === "unknown" || body.wallet === "unknown") return ok(body);
  if (has < units)
    return fail(
      why("liquity-v2/wallet-too-small", {
        asset,
        wallet: text(exact(has, 18)),
        needed: text(exact(units, 18)),
        next: "use at most what the wallet holds",
      }),
    );
  const others = body.wallet.filter((each) => each.asset !== asset);
  return ok({ ...body, wallet: [...others, { asset, units: has - units }] });
}

/** What the wallet holds of an asset; undefined where it was not read, which is no 0: another account of the wallet may have read it. */
export function walletLiquity({ wallet }: LiquityBody, asset: string): Exact | undefined {
  const read = wallet === "unknown" ? undefined : wallet.find((each) => each.asset === asset);
  return read && exact(read.units, 18);
}
