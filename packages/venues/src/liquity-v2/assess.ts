import {
  type Assessment,
  type Explain,
  type Line,
  type LineName,
  type Scene,
  lineOf,
  notAssessed,
} from "@plimsoll/core/margin";
import { type AccountKey, assetId, divide, exact, known, maxOf, ms, text, trim, unknown } from "@plimsoll/core/units";
import { WAD } from "./debt.ts";
import type { LiquityBody } from "./holding.ts";
import { modeOf } from "./mode.ts";
import { type Position, adjustableFrom, positionOf } from "./position.ts";
import { priceOf, ratioOf } from "./prices.ts";
import type { LiquityTerms } from "./terms.ts";

/** One rule with two least ratios: the liquidation's, and that of adjusting a trove inside a batch. */
const lines = {
  maintenance: {
    ratio: ({ terms }: Position) => terms.mcr,
    meaning: "below 1 anyone may liquidate the whole trove",
  },
  borrow: {
    ratio: adjustableFrom,
    meaning:
      "below 1 no adjustment is taken that does not lead back above it, not even more collateral; nothing is taken",
  },
} as const satisfies Partial<Record<LineName, unknown>>;

export type LiquityLine = keyof typeof lines;
export const isLiquityLine = (name: LineName): name is LiquityLine => name in lines;
/** The lines that a trove has: a second one only inside a batch. */
export const linesOf = ({ batch }: Position): readonly LiquityLine[] =>
  batch === undefined ? ["maintenance"] : ["maintenance", "borrow"];
/** The least ratio of a line, WAD. */
export const ratioAt = (line: LiquityLine, position: Position): bigint => lines[line].ratio(position);

/** Decimals of collateral times price, and of debt times ratio. */
const SCALE = 36;

/** Exact state of one trove at the holding's timestamp. */
export function assessLiquity(body: LiquityBody, account: AccountKey, scene: Scene<LiquityTerms>): Assessment {
  const unit = assetId(scene.terms.body.stable);
  const position = positionOf(body, account, scene.terms.body);
  if (!position.ok) return notAssessed(account, unit, unknown(position.failure), "collateral ratio");
  const { now, trove } = position.value;
  const price = priceOf(trove.branch, scene);
  if (!price.ok) return notAssessed(account, unit, unknown(price.failure), "collateral ratio");
  const asOf = ms(Math.min(price.value.asOf, Number(body.timestamp) * 1000));
  const value = now.coll * price.value.wad;
  return {
    account,
    unit,
    equity: known(exact(value - now.debt * WAD, SCALE), asOf),
    free: known(exact(freeOf(position.value, price.value.wad), 18), asOf),
    lines: now.debt === 0n ? [] : linesOf(position.value).map((name) => lineAt(name, position.value, value)),
    explain: explainTrove(position.value, price.value.wad, scene.terms.body),
  };
}

/** What could still be borrowed, before the upfront fee: nothing where the branch takes no more debt. */
function freeOf(position: Position, price: bigint): bigint {
  if (modeOf(position, price) !== "open" || position.trove.status === "zombie") return 0n;
  return maxOf(0n, (position.now.coll * price) / adjustableFrom(position) - position.now.debt);
}

const lineAt = (name: LiquityLine, position: Position, value: bigint): Line =>
  lineOf({
    name,
    have: exact(value, SCALE),
    need: exact(position.now.debt * ratioAt(name, position), SCALE),
    atZero: "safe",
    meaning: lines[name].meaning,
  });

const plain = (wad: bigint): string => text(trim(exact(wad, 18)));

function explainTrove(position: Position, price: bigint, { stable }: LiquityTerms): Explain {
  const { trove, now, terms, branch } = position;
  const shown = (ratio: bigint | "no-debt") => (ratio === "no-debt" ? "no debt" : text(exact(ratio, 18)));
  const { totals } = branch;
  const part = (name: string, wad: bigint, formula: string): readonly Explain[] =>
    wad === 0n ? [] : [{ name, value: text(exact(wad, 18)), formula }];
  return {
    name: "collateral ratio",
    value: shown(ratioOf(now.coll, now.debt, price)),
    formula: `${plain(now.coll)} ${trove.branch} x ${plain(price)} / ${plain(now.debt)} ${stable}, at least ${plain(terms.mcr)}`,
    source: "liquity/bold TroveManager.sol getCurrentICR, BorrowerOperations.sol",
    parts: [
      { name: "recorded debt", value: text(exact(now.recorded, 18)), formula: `${plain(now.rate * 100n)} % a year` },
      ...part("interest since", now.interest, "simple until the trove is touched"),
      ...part("management fee since", now.fee, "of the batch's manager"),
      ...part("debt taken over", now.gain.debt, "from liquidations of others"),
      ...part("collateral taken over", now.gain.coll, "from liquidations of others"),
      ...(now.debt === 0n || now.coll === 0n
        ? []
        : [
            {
              name: "lowest safe price",
              value: text(exact(divide(now.debt * terms.mcr, now.coll, "up"), 18)),
              formula: "one unit less and the trove can be liquidated",
            },
          ]),
      {
        name: "debt in front",
        value: trove.debtInFront === "unknown" ? "unknown" : text(exact(trove.debtInFront, 18)),
        formula: redemptionText(position, price),
      },
      {
        name: "branch ratio",
        value: totals === "unknown" ? "unknown" : shown(ratioOf(totals.coll, totals.debt, price)),
        formula: `${modeOf(position, price)}; critical below ${plain(terms.ccr)}, can be shut down below ${plain(terms.scr)}`,
      },
    ],
  };
}

/** The second hazard, which health knows nothing of. */
function redemptionText({ trove, branch }: Position, price: bigint): string {
  if (branch.shutdownTime !== 0n) return "the branch is shut down: anyone may redeem against any trove, with a bonus";
  if (trove.status === "zombie") return "redeemed before; what is left of it may be redeemed first";
  return `redeemed before this trove, at ${plain(price)} and whatever its ratio; a higher rate puts more in front`;
}
