import {
  type Assessment,
  type Explain,
  type Line,
  type Scene,
  lineOf,
  notAssessed,
  oldestOf,
} from "@plimsoll/core/margin";
import {
  type AccountKey,
  type Exact,
  type Figure,
  type Ms,
  assetId,
  exact,
  isZero,
  known,
  multiply,
  none,
  rescale,
  text,
  trim,
  unknown,
  why,
} from "@plimsoll/core/units";
import { type Account, accountOf } from "./accounts.ts";
import { type Exposure, chargedOf, haveOf, needOf } from "./exposure.ts";
import { type Body, positionName } from "./holding.ts";
import { indexKey, markKey } from "./quotes.ts";
import type { OkxTerms } from "./terms.ts";
import { type Totals, balanceOf, totalsOf } from "./totals.ts";

/** Decimals of the figures shown to people. */
const SHOWN_SCALE = 18;

/** How often the requirement is counted: the venue's margin ratio is have / need, it warns at 300 % and liquidates at 100 %. */
export const TIMES = { warn: 3, maintenance: 1 } as const;
export type OkxLine = keyof typeof TIMES;

/** Exact state of one account: equity against maintenance and fees to close; a higher ratio is safer. */
export function assess(body: Body, key: AccountKey, scene: Scene<OkxTerms>): Assessment {
  const account = accountOf(body, key);
  if (account === undefined) return blank(key, "", none(why("okx/no-account", { account: key })));
  const totals = totalsOf(account, body, scene);
  if (!totals.ok) return blank(key, unitOf(account), unknown(totals.failure));
  const { have, need, free, unit } = totals.value;
  const asOf = oldest(totals.value, scene);
  return {
    account: key,
    unit: assetId(unit),
    equity: known(have, asOf),
    free:
      free === undefined
        ? unknown(why("okx/no-initial-margin", { next: "read every leverage setting" }))
        : known(free, asOf),
    lines: isZero(need) ? [] : [lineAt("warn", have, need), lineAt("maintenance", have, need)],
    explain: explain(account, body, totals.value),
  };
}

const unitOf = (account: Account): string => {
  if (account.is === "all-coins") return "USD";
  return account.is === "coin" ? account.coin : account.position.coin;
};

const lineAt = (name: OkxLine, have: Exact, need: Exact): Line =>
  lineOf({
    name,
    have,
    need: multiply(need, exact(BigInt(TIMES[name]))),
    atZero: "crossed",
    ...(name === "warn" && { raises: "watch" as const }),
    meaning:
      name === "warn"
        ? "at a margin ratio of 300 % the venue warns"
        : "at a margin ratio (equity / (maintenance + fees to close)) of 100 % the venue liquidates",
  });

const blank = (key: AccountKey, unit: string, reason: Figure<Exact>): Assessment =>
  notAssessed(key, unit, reason, "equity");

const oldest = ({ exposures, coins }: Totals, scene: Scene<OkxTerms>): Ms =>
  oldestOf(
    [...exposures.map(({ position }) => markKey(position.instrument)), ...coins.map(({ coin }) => indexKey(coin))],
    scene,
  );

/** For people: quotients by a price cut at 18 decimals, no zeros at the end. */
const shown = (value: Exact): string => text(trim(rescale(value, Math.min(value.scale, SHOWN_SCALE), "floor")));

const SOURCE = "venues/okx/README.md";

function explain(account: Account, body: Body, { have, need, exposures, coins }: Totals): Explain {
  const each = (name: string, formula: string, of: (exposure: Exposure) => Exact): Explain => ({
    name,
    value: exposures.length === 0 ? "none" : exposures.map((one) => `${shown(of(one))} ${one.coin}`).join(", "),
    formula,
    source: SOURCE,
    parts: exposures.map((one) => ({ name: positionName(one.position), value: `${shown(of(one))} ${one.coin}` })),
  });
  const own: readonly Explain[] =
    account.is === "coin" ? [{ name: "balance", value: shown(balanceOf(body, account.coin)) }] : [];
  const perCoin = coins.map((one): Explain => ({
    name: `${one.coin} in adjusted equity`,
    value: shown(one.adjusted),
    formula: "equity above 0 discounted band by band, below 0 in full",
    source: SOURCE,
    parts: [
      { name: "equity", value: `${shown(one.equity)} ${one.coin}` },
      { name: "index", value: shown(one.index) },
      { name: "maintenance on what is owed", value: shown(one.need) },
    ],
  }));
  return {
    name: account.is === "all-coins" ? "adjusted equity" : "equity",
    value: shown(have),
    formula: account.is === "all-coins" ? "sum over coins" : "balance + net value of positions",
    source: SOURCE,
    parts: [
      ...own,
      ...perCoin,
      each("net value", "profit, with posted margin or net assets of isolated positions", haveOf),
      each("charged", "notional at mark, or debt", chargedOf),
      each("maintenance and fees", "charged * (tier rate + taker fee); debt * (rate + (1 + rate) * taker fee)", needOf),
      { name: "requirement", value: shown(need) },
    ],
  };
}
