import type { Action, Condition } from "@plimsoll/core/book";
import { type Exact, type Figure, dec, exact, multiply, quotient } from "@plimsoll/core/units";
import type { CostPart } from "./cost.ts";
import type { Ground } from "./ground.ts";
import { priceIn } from "./price-in.ts";

/**
 * Gas of the messages that lending venues take, the dearest seen of each; venues leaner than Aave stay under it.
 * @source measured against Aave v3 contracts on a local chain: supply 135k, withdraw 139k, repay 141k.
 */
const gasOf: Partial<Record<Action["do"], bigint>> = { supply: 135_000n, withdraw: 139_000n, repay: 141_000n };

/** Every chain that a venue here lives on takes its fees in ether. */
const GAS_COIN = "ETH";

/** Share of the loss avoided that chain fees may come to. */
export const gasShare = (urgent: boolean): Exact => dec(urgent ? "0.6" : "0.3");

/** What is said of the chain of a holding: under its market's name, or the only chain that anything is said of. */
export function gasCondition(conditions: ReadonlyMap<string, Condition>, { holding }: Ground) {
  const said = [...conditions.values()].filter((each) => each.type === "gas");
  return said.find(({ chain }) => holding.market?.startsWith(chain)) ?? (said.length === 1 ? said[0] : undefined);
}

/** The chain's fee of one action, in an account's unit; nothing for venues that are no chain. */
export function gasParts(
  conditions: ReadonlyMap<string, Condition>,
  ground: Ground,
  action: Action,
  unit: string,
): readonly CostPart[] {
  const units = gasOf[action.do];
  if (units === undefined) return [];
  const said = gasCondition(conditions, ground);
  const unsaid = (because: string): readonly CostPart[] => [
    { of: "gas", amount: exact(0n), is: "not-counted", because },
  ];
  if (said === undefined) return unsaid("the price of gas is not known");
  const price = priceIn(GAS_COIN, unit, ground.scene.quotes);
  if (price === undefined) return unsaid(`no price says what ${GAS_COIN} is in ${unit}`);
  return [{ of: "gas", amount: multiply(multiply(exact(units), said.price), price), is: "at-most" }];
}

/** The most that a step's fees may come to, in the chain's coin: a share of the loss that it avoids. */
export function feeCapOf(
  ground: Ground,
  action: Action,
  loss: Figure<Exact>,
  unit: string,
  urgent: boolean,
): Exact | undefined {
  const price = gasOf[action.do] === undefined ? undefined : priceIn(GAS_COIN, unit, ground.scene.quotes);
  if (price === undefined || price.digits <= 0n || loss.is !== "known" || loss.value.digits <= 0n) return undefined;
  return quotient(multiply(gasShare(urgent), loss.value), price, 18, "floor");
}
