import type { Action } from "@plimsoll/core/book";
import type { Lever } from "@plimsoll/core/margin";
import {
  type AssetId,
  type Exact,
  ZERO,
  compare,
  exact,
  larger,
  multiply,
  rescale,
  subtract,
} from "@plimsoll/core/units";
import { depthOf } from "./asked-of.ts";
import { carryParts, fundingParts, horizonOf } from "./carry-cost.ts";
import { type CostPart, uncounted } from "./cost.ts";
import type { Need, Option } from "./draft.ts";
import { gasParts } from "./gas-cost.ts";
import { type Field, type Ground, worthIn } from "./ground.ts";
import { shareOfLimit } from "./order-cost.ts";
import type { Reserve } from "./plan.ts";
import { priceIn } from "./price-in.ts";

/** What an action is priced with. */
export interface Priced {
  readonly field: Field;
  readonly reserves: readonly Reserve[];
  readonly need: Need;
}

const horizonIn = ({ need }: Pick<Priced, "need">) => horizonOf(need.want.guard.bounds);

/** Each part of what an action costs; `after` is the ground it leads to at worst. */
export function costOf(priced: Priced, option: Option, amount: Exact, after: Ground): readonly CostPart[] {
  const ground = priced.field.grounds.get(option.holding)!;
  const action = option.lever.act(amount, option.slippage);
  if (action.do === "order") return orderParts(priced, ground, option, action, amount, after);
  return [
    ...gasParts(priced.field.conditions, ground, action, priced.need.unit),
    ...flashParts(priced.need.unit, ground, option.lever, action),
    ...carryParts(priced.reserves, ground, action, { unit: priced.need.unit, horizonMs: horizonIn(priced) }),
  ];
}

/** Fee as the venue charges it at the reference price; beyond it what the book takes, or at most all that the limit allows. */
function orderParts(
  { field, need }: Priced,
  ground: Ground,
  { lever, holding }: Option,
  order: Extract<Action, { do: "order" }>,
  amount: Exact,
  after: Ground,
): readonly CostPart[] {
  const { engine, scene } = ground;
  const unit = holding === need.want.guard.scope.holding ? (need.unit as AssetId) : unitTouched(ground, after);
  const reference = lever.act(amount, ZERO);
  const still = engine.apply(ground.holding, reference, scene);
  if (!still.ok || reference.do !== "order" || unit === undefined)
    return [uncounted("fee", "the venue's rules do not tell it")];
  const worth = [ground, { ...ground, holding: still.value }, after].map((each) => worthIn(each, unit));
  const [before, atReference, atLimit] = worth;
  if (before === undefined || atReference === undefined || atLimit === undefined)
    return [uncounted("fee", "an account's equity is not known")];
  const rate = priceIn(unit, need.unit, scene.quotes);
  if (rate === undefined) return [uncounted("fee", `no price says what ${unit} is in ${need.unit}`)];
  const inUnit = (value: Exact) => (unit === need.unit ? value : multiply(value, rate));
  const fee = inUnit(larger(ZERO, subtract(before, atReference)));
  const worst = inUnit(larger(ZERO, subtract(atReference, atLimit)));
  const depth = depthOf(
    field.conditions,
    ground.holding.venue,
    order.instrument,
    scene.now,
    need.want.guard.bounds.maxAgeMs,
  );
  // what a hedge opens has to be closed again
  const fees: readonly CostPart[] = order.reduceOnly
    ? [{ of: "fee", amount: fee, is: "exact" }]
    : [
        { of: "fee", amount: multiply(fee, exact(2n)), is: "estimate", because: "to open and to close" },
        ...fundingParts(ground, after, order.instrument, { unit, horizonMs: horizonIn({ need }), toUnit: rate }),
      ];
  if (depth === undefined)
    return [
      ...fees,
      {
        of: "spread and impact",
        amount: worst,
        is: "at-most",
        because: "depth is not known: all that the limit allows",
      },
    ];
  const { share, whole } = shareOfLimit(depth, order, reference.limit);
  const lost = rescale(multiply(worst, share), worst.scale, "up");
  return whole
    ? [...fees, { of: "spread and impact", amount: lost, is: "estimate", because: "at the depth last quoted" }]
    : [
        ...fees,
        {
          of: "spread and impact",
          amount: lost,
          is: "at-most",
          because: "the book is thinner than the order: the rest at the limit",
        },
      ];
}

/** The unit in which an order counts: the one whose accounts are worth something else after it. */
function unitTouched(before: Ground, after: Ground): AssetId | undefined {
  const { engine, holding, scene } = after;
  const units = new Set(engine.accounts(holding).map((account) => engine.assess(holding, account, scene).unit));
  return [...units].find((unit) => {
    const [then, now] = [worthIn(before, unit), worthIn(after, unit)];
    return then !== undefined && now !== undefined && compare(then, now) !== 0;
  });
}

/** What lenders of a flash loan take of what they lend, where a lever's message runs over one. */
function flashParts(unit: string, { scene }: Ground, { flashPremium }: Lever, action: Action): readonly CostPart[] {
  if (flashPremium === undefined || !("asset" in action) || action.amount === "all") return [];
  const price = priceIn(action.asset, unit, scene.quotes);
  if (price === undefined) return [uncounted("flash premium", `no price says what ${action.asset} is in ${unit}`)];
  const amount = multiply(multiply(action.amount, flashPremium), price);
  return [{ of: "flash premium", amount: rescale(amount, 8, "ceil"), is: "exact" }];
}
