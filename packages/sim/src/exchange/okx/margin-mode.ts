import { type Result, ok } from "@plimsoll/core/units";
import { type Refusal, settingsOf } from "@plimsoll/sim/exchange";
import { type Call, accountFor, ownerOf, run } from "./call.ts";
import { badParameter } from "./refusals.ts";

/**
 * Here an order names its margin mode; the exchange keeps one for each symbol, which follows the order where nothing is held and
 * nothing waits. An instrument held cross and isolated at once is not simulated: such an order is refused.
 */
export function enterMargin(call: Call, symbol: string, margin: "cross" | "isolated"): Result<void, Refusal> {
  if (settingsOf(accountFor(call), symbol).margin === margin) return ok(undefined);
  const entered = run(call, { type: "margin", account: ownerOf(call), symbol, margin }, () => undefined);
  return entered.ok ? entered : badParameter("tdMode");
}
