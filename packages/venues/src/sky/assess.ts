import {
  type Assessment,
  type Explain,
  type Line,
  type LineName,
  type Scene,
  lineOf,
  notAssessed,
} from "@plimsoll/core/margin";
import { type AccountKey, assetId, brief, exact, known, maxOf, ms, text, trim, unknown } from "@plimsoll/core/units";
import { RAY } from "./fixed-point.ts";
import type { SkyBody } from "./holding.ts";
import { type Position, positionOf } from "./position.ts";
import { type Prices, feedPrice, lowestSafePrice, pricesOf, spotOf } from "./prices.ts";
import type { SkyTerms } from "./terms.ts";

/** One rule at two prices: the one in force, and the queued one that comes into force by itself. */
const lines = {
  maintenance: {
    price: ({ current }: Prices) => current,
    meaning: "at the price in force: below 1 anyone may start an auction of the collateral",
  },
  warn: {
    price: ({ next }: Prices) => next,
    meaning: "at the queued price: below 1 the vault can be auctioned as soon as that price is in force",
    raises: "danger",
  },
} as const satisfies Partial<Record<LineName, unknown>>;

export type SkyLine = keyof typeof lines;
export const isSkyLine = (name: LineName): name is SkyLine => name in lines;

/** Decimals of a RAD: collateral times spot, and normalised debt times rate. */
export const RAD_SCALE = 45;

/** Exact state of one vault at the holding's timestamp, as if jug and spotter were touched in the same moment. */
export function assessSky(body: SkyBody, account: AccountKey, scene: Scene<SkyTerms>): Assessment {
  const terms = scene.terms.body;
  const unit = assetId(terms.stable);
  const position = positionOf(body, account, terms);
  if (!position.ok) return notAssessed(account, unit, unknown(position.failure), "debt");
  const prices = pricesOf(position.value.terms, scene);
  if (!prices.ok) return notAssessed(account, unit, unknown(prices.failure), "debt");
  const { vault, debt } = position.value;
  const asOf = ms(Math.min(prices.value.asOf, Number(body.timestamp) * 1000));
  const room = vault.ink * spotOf(prices.value.current, position.value.terms, terms) - debt;
  const owned = (vault.ink + vault.gem) * feedPrice(prices.value.current, terms);
  return {
    account,
    unit,
    equity: known(exact(owned - debt, RAD_SCALE), asOf),
    free: known(exact(maxOf(0n, room) / RAY, 18), asOf),
    lines: debt === 0n ? [] : linesOf(position.value, prices.value, terms),
    explain: explainVault(body, position.value, prices.value, terms),
  };
}

const linesOf = (position: Position, prices: Prices, terms: SkyTerms): readonly Line[] =>
  (["maintenance", "warn"] as const).flatMap((name) => {
    const price = lines[name].price(prices);
    return price === "no-queue" ? [] : [lineAt(name, price, position, terms)];
  });

const lineAt = (name: SkyLine, price: bigint, { vault, terms: ilk, debt }: Position, terms: SkyTerms): Line =>
  lineOf({
    name,
    have: exact(vault.ink * spotOf(price, ilk, terms), RAD_SCALE),
    need: exact(debt, RAD_SCALE),
    atZero: "safe",
    meaning: lines[name].meaning,
    ...(name === "warn" && { raises: lines.warn.raises }),
  });

function explainVault(body: SkyBody, position: Position, prices: Prices, terms: SkyTerms): Explain {
  const { vault, held, terms: ilk, debt, rate } = position;
  const ink = text(trim(exact(vault.ink, 18)));
  const ratio = text(trim(exact(ilk.mat, 27)));
  const at = (name: string, price: bigint, note: string): Explain => ({
    name,
    value: text(exact(vault.ink * spotOf(price, ilk, terms), RAD_SCALE)),
    formula: `${ink} ${ilk.asset} x ${text(trim(exact(price, 18)))} / ${ratio}${note}`,
  });
  const inAuction = body.sales.filter((sale) => sale.vault === vault.id && sale.ilk === vault.ilk);
  return {
    name: "debt",
    value: text(exact(debt, RAD_SCALE)),
    formula: `${text(trim(exact(vault.art, 18)))} normalised x ${text(trim(exact(rate, 27)))}${held.fee === "unknown" ? "; stability fee unknown, no interest counted" : ""}`,
    source: "makerdao/dss vat.sol frob, dog.sol bark, jug.sol drip, spot.sol poke",
    parts: [
      at("covers now", prices.current, ""),
      ...(prices.next === "no-queue"
        ? []
        : [at("covers next", prices.next, `, queued; in force within ${ilk.delay} s of its queueing`)]),
      ...(debt === 0n || vault.ink === 0n
        ? []
        : [
            {
              name: "lowest safe price",
              value: text(exact(lowestSafePrice(debt, vault.ink, ilk, terms), 18)),
              formula: `one unit less and ${vault.ilk} ${vault.id} can be auctioned`,
            },
          ]),
      {
        name: "least debt",
        value: text(exact(ilk.dust, RAD_SCALE)),
        formula: "after any change the debt is 0 or at least this",
      },
      ...inAuction.map(({ lot, tab }) => ({
        name: "in auction",
        value: brief(exact(lot, 18)),
        formula: `${ilk.asset}, to raise ${brief(exact(tab, RAD_SCALE))} ${terms.stable}; what comes back is not counted`,
      })),
    ],
  };
}
