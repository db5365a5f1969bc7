import type { Action, Condition } from "@plimsoll/core/book";
import { type Exact, type Figure, dec, exact, multiply, quotient } from "@plimsoll/core/units";
import type { CostPart } from "./cost.ts";
import type { Ground } from "./ground.ts";
import { priceIn } from "./price-in.ts";

/** The coin in which a chain takes its fees, by the name that conditions give it; of a chain that is not here fees are not counted. */
const coinOf: Readonly<Record<string, string>> = {
  ethereum: "ETH",
  arbitrum: "ETH",
  base: "ETH",
  optimism: "ETH",
  polygon: "POL",
};

/** Share of the loss avoided that chain fees may come to. */
export const gasShare = (urgent: boolean): Exact => dec(urgent ? "0.6" : "0.3");

/** The chain that a holding's market is named for. */
const chainOf = ({ holding }: Ground): string | undefined =>
  Object.keys(coinOf).find((chain) => holding.market?.startsWith(chain));

/** What is said of the chain of a holding: under its market's name, or where that names none the only chain that anything is said of. */
export function gasCondition(conditions: ReadonlyMap<string, Condition>, ground: Ground) {
  const said = [...conditions.values()].filter((each) => each.type === "gas");
  const own = chainOf(ground);
  if (own !== undefined) return said.find(({ chain }) => chain === own);
  return said.length === 1 ? said[0] : said.find(({ chain }) => ground.holding.market?.startsWith(chain));
}

/** The coin that fees of a holding's chain are paid in. */
function gasCoin(conditions: ReadonlyMap<string, Condition>, ground: Ground): string | undefined {
  const chain = chainOf(ground) ?? gasCondition(conditions, ground)?.chain;
  return chain === undefined ? undefined : coinOf[chain];
}

/** The chain's fee of one action at most, in an account's unit; nothing for venues that are no chain. */
export function gasParts(
  conditions: ReadonlyMap<string, Condition>,
  ground: Ground,
  action: Action,
  unit: string,
): readonly CostPart[] {
  const units = ground.engine.gas?.(action);
  if (units === undefined) return [];
  const said = gasCondition(conditions, ground);
  const unsaid = (because: string): readonly CostPart[] => [
    { of: "gas", amount: exact(0n), is: "not-counted", because },
  ];
  if (said === undefined) return unsaid("the price of gas is not known");
  const coin = gasCoin(conditions, ground);
  if (coin === undefined) return unsaid(`in what coin ${said.chain} takes its fees is not known`);
  const price = priceIn(coin, unit, ground.scene.quotes);
  if (price === undefined) return unsaid(`no price says what ${coin} is in ${unit}`);
  return [{ of: "gas", amount: multiply(multiply(exact(units), said.price), price), is: "at-most" }];
}

/**
 * The most that a step's fees may come to, in the chain's coin: a share of the loss that it avoids.
 * @returns undefined where loss or coin is not known: then the connection's own limit holds.
 */
export function feeCapOf(
  conditions: ReadonlyMap<string, Condition>,
  ground: Ground,
  action: Action,
  loss: Figure<Exact>,
  unit: string,
  urgent: boolean,
): Exact | undefined {
  const coin = ground.engine.gas?.(action) === undefined ? undefined : gasCoin(conditions, ground);
  const price = coin === undefined ? undefined : priceIn(coin, unit, ground.scene.quotes);
  if (price === undefined || price.digits <= 0n || loss.is !== "known" || loss.value.digits <= 0n) return undefined;
  return quotient(multiply(gasShare(urgent), loss.value), price, 18, "floor");
}
