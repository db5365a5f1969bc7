import type { BookEvent, Terms } from "@plimsoll/core/book";
import {
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  dec,
  fail,
  ok,
  rescale,
  subtract,
  isZero,
  why,
} from "@plimsoll/core/units";
import { amount, entryOf, name, priceEvent, writtenPrice } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Batch, Branch, LiquityBody, Trove } from "./holding.ts";
import { liquityV2Id, oracleQuote, rulesBold } from "./names.ts";
import type { LiquityTerms } from "./terms.ts";

const rateText = "write a yearly share, for example 0.045 for 4.5 %";
const yearly = z.string(rateText).regex(/^[0-2](\.\d{1,18})?$/, rateText);

const idText = "write the id of the trove, as digits or hexadecimal";
const id = z.string(idText).regex(/^\w+$/, idText);

const WrittenTrove = z.strictObject({
  id,
  branch: name,
  /** Collateral tokens, and debt with interest up to now in the stablecoin. */
  collateral: amount,
  debt: amount,
  rate: yearly,
  /** The yearly fee of the batch manager who sets the rate; left out, the owner sets it. */
  managementFee: yearly.optional(),
  /** Debt of the branch with a lower rate; left out, it is unknown. */
  debtInFront: amount.optional(),
});

/** How a person writes troves: whole tokens, a price for each branch. */
export const Written = z.strictObject({
  venue: z.literal("liquity-v2"),
  name: name.optional(),
  troves: z.array(WrittenTrove).min(1),
  /** All collateral and debt of a branch, and its stability pool; what is left out is unknown. */
  branches: z
    .record(name, z.strictObject({ collateral: amount, debt: amount, stabilityPool: amount.optional() }))
    .default({}),
  /** What could be repaid or added, by asset; left out, the wallet is unknown and limits no what-if. */
  wallet: z.record(name, amount).optional(),
  prices: z.record(name, writtenPrice).default({}),
});
type Written = z.infer<typeof Written>;
type WrittenTrove = z.infer<typeof WrittenTrove>;

const problem = (path: string, value: string, next: string) => fail(why("liquity-v2/written", { path, value, next }));

/** Events of written troves: the terms they are judged by, their prices, the holding. */
export function readWritten(
  entry: unknown,
  id: HoldingId,
  at: Ms,
  shipped: Terms<LiquityTerms>,
): Result<readonly BookEvent[], Why> {
  const written = Written.parse(entry);
  const wrong = firstProblem(written, shipped.body);
  if (wrong !== undefined) return wrong;
  const prices = Object.entries(written.prices).map(([branch, { price, at: seen }]) =>
    priceEvent(oracleQuote(branch), "oracle", price, seen, at),
  );
  const body = bodyOf(written, shipped.body, id, at);
  const holding = { id, venue: liquityV2Id, rules: rulesBold, market: shipped.body.market, asOf: at, body };
  return ok([{ type: "terms", terms: shipped }, ...prices, { type: "holding", holding }]);
}

/** The first thing that cannot be right, with its place. */
function firstProblem(written: Written, terms: LiquityTerms) {
  const names = terms.branches.map(({ branch }) => branch);
  const assets = [...new Set([terms.stable, terms.gas.asset, ...names])];
  for (const [path, value, known] of namesIn(written, names, assets)) {
    if (!known.includes(value)) return problem(path, value, `write one of ${known.join(", ")}`);
  }
  for (const [path, text] of amountsIn(written)) {
    if (!isZero(subtract(dec(text), rescale(dec(text), 18, "down"))))
      return problem(path, text, "use at most 18 decimals");
  }
  const twice = written.troves.findIndex(
    ({ id, branch }, index) =>
      written.troves.findIndex((other) => other.id === id && other.branch === branch) !== index,
  );
  if (twice >= 0) return problem(`troves.${twice}.id`, written.troves[twice]?.id ?? "", "write each trove once");
  for (const [branch, { unit }] of Object.entries(written.prices)) {
    if (unit !== "USD") return problem(`prices.${branch}.unit`, unit, "the price feed answers in dollars: write USD");
  }
  const unpriced = written.troves.find(({ branch }) => !Object.hasOwn(written.prices, branch));
  if (unpriced === undefined) return undefined;
  return problem(`prices.${unpriced.branch}`, "missing", `write { price: "...", unit: USD } for ${unpriced.branch}`);
}

type Named = readonly [path: string, value: string, known: readonly string[]];
const namesIn = (written: Written, branches: readonly string[], assets: readonly string[]): readonly Named[] => [
  ...written.troves.map(({ branch }, index): Named => [`troves.${index}.branch`, branch, branches]),
  ...Object.keys(written.branches).map((branch): Named => [`branches.${branch}`, branch, branches]),
  ...Object.keys(written.prices).map((branch): Named => [`prices.${branch}`, branch, branches]),
  ...Object.keys(written.wallet ?? {}).map((asset): Named => [`wallet.${asset}`, asset, assets]),
];

type Amount = readonly [path: string, text: string];
const amountsIn = ({ troves, branches, wallet = {} }: Written): readonly Amount[] => [
  ...troves.flatMap(({ collateral, debt, debtInFront = "0" }, index): Amount[] => [
    [`troves.${index}.collateral`, collateral],
    [`troves.${index}.debt`, debt],
    [`troves.${index}.debtInFront`, debtInFront],
  ]),
  ...Object.entries(branches).flatMap(([branch, { collateral, debt, stabilityPool = "0" }]): Amount[] => [
    [`branches.${branch}.collateral`, collateral],
    [`branches.${branch}.debt`, debt],
    [`branches.${branch}.stabilityPool`, stabilityPool],
  ]),
  ...Object.entries(wallet).map(([asset, text]): Amount => [`wallet.${asset}`, text]),
];

const wad = (text: string): bigint => rescale(dec(text), 18, "down").digits;
const wadOrUnknown = (text: string | undefined): bigint | "unknown" => (text === undefined ? "unknown" : wad(text));
const NOTHING = { coll: 0n, debt: 0n };

function bodyOf(written: Written, terms: LiquityTerms, id: HoldingId, at: Ms): LiquityBody {
  const timestamp = BigInt(Math.floor(at / 1000));
  const used = terms.branches.filter(({ branch }) => written.troves.some((trove) => trove.branch === branch));
  return {
    ...{ market: terms.market, owner: written.name ?? id, block: 0n, timestamp, surplus: [] },
    branches: used.map(({ branch }) => branchOf(branch, entryOf(written.branches, branch))),
    batches: written.troves.flatMap((trove) => batchOf(trove, timestamp)),
    troves: written.troves.map((trove) => troveOf(trove, timestamp)),
    wallet:
      written.wallet === undefined
        ? "unknown"
        : Object.entries(written.wallet).map(([asset, text]) => ({ asset, units: wad(text) })),
  };
}

const branchOf = (branch: string, written: Written["branches"][string] | undefined): Branch => ({
  branch,
  totals: written === undefined ? "unknown" : { coll: wad(written.collateral), debt: wad(written.debt) },
  pool: wadOrUnknown(written?.stabilityPool),
  shutdownTime: 0n,
  perStake: NOTHING,
  stakes: "unknown",
});

/** A written trove under a manager is a batch by itself: others' troves change nothing of its growth. */
const batchOf = ({ id, branch, debt, rate, managementFee }: WrittenTrove, lastUpdate: bigint): readonly Batch[] =>
  managementFee === undefined
    ? []
    : [
        {
          manager: `of ${id}`,
          branch,
          debt: wad(debt),
          lastUpdate,
          rate: wad(rate),
          fee: wad(managementFee),
          shares: wad(debt),
        },
      ];

const troveOf = (written: WrittenTrove, lastUpdate: bigint): Trove => ({
  id: written.id,
  branch: written.branch,
  status: "active",
  coll: wad(written.collateral),
  stake: wad(written.collateral),
  snapshot: NOTHING,
  recorded:
    written.managementFee === undefined
      ? { by: "owner", debt: wad(written.debt), rate: wad(written.rate), lastUpdate }
      : { by: "batch", manager: `of ${written.id}`, shares: wad(written.debt) },
  debtInFront: wadOrUnknown(written.debtInFront),
});
