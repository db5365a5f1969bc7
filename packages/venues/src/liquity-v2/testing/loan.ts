// oxlint-disable import/no-relative-parent-imports -- unit tests reach into their room
import type { Action } from "@plimsoll/core/book";
import { assetId, dec, exact, ms, text, trim } from "@plimsoll/core/units";
import type { LiquityBody } from "../holding.ts";
import { liquityV2Margin } from "../margin.ts";
import { troveAccount } from "../names.ts";
import { NOW, WEI, sceneOf, troveOf } from "../testing.ts";

export const account = troveAccount("WETH", "1");
const [BOLD, WETH] = [assetId("BOLD"), assetId("WETH")];
export const percent = WEI / 100n;
export const plain = (units: bigint) => text(trim(exact(units, 18)));
export const loan = troveOf(10n * WEI, 20_000n * WEI);
export const assessed = (body: LiquityBody, price: string, days = 0) => {
  const scene = sceneOf({ WETH: price });
  const then = liquityV2Margin.advance(body, ms(NOW + days * 86_400_000), scene);
  return liquityV2Margin.assess(then, account, scene);
};
export const after = (body: LiquityBody, effect: Parameters<typeof liquityV2Margin.apply>[1], price = "2500") => {
  const done = liquityV2Margin.apply(body, effect, sceneOf({ WETH: price }));
  return done.ok ? done.value : done.failure.code;
};
/** Collateral and debt afterwards, or why not. */
export const does = (body: LiquityBody, effect: Parameters<typeof liquityV2Margin.apply>[1], price = "2500") => {
  const done = after(body, effect, price);
  if (typeof done === "string") return done;
  return done.troves.map(({ coll, recorded }) => [
    plain(coll),
    recorded.by === "owner" ? plain(recorded.debt) : plain(recorded.shares),
  ]);
};
export const act = (what: "supply" | "repay" | "withdraw", amount: string): Action => ({
  do: what,
  asset: what === "repay" ? BOLD : WETH,
  amount: amount === "all" ? "all" : dec(amount),
});
