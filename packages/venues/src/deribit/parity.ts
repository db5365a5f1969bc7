import { type ParityRow, type Terms, parityRow as exactRow } from "@plimsoll/core/book";
import type { Quote, Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Ms,
  type QuoteKey,
  ZERO,
  add,
  dec,
  isZero,
  magnitude,
  multiply,
  quotient,
  rescale,
  subtract,
  toNumber,
} from "@plimsoll/core/units";
import { type Account, accountsOf, currencyOf } from "./accounts.ts";
import { basisKey, coinPair, indexKey, readInstrument } from "./instrument.ts";
import { liquidationRatio } from "./liquidation-ratio.ts";
import { requirementOf, valueOf } from "./margin-standard.ts";
import type { Priced } from "./priced.ts";
import { quoteOf } from "./quote.ts";
import { MARK_DRIFT, type ReadAccount, type VenuePosition, type VenueSummary, exposureOf } from "./read-account.ts";
import type { DeribitTerms } from "./terms.ts";
import { type Totals, sumOf, totalsOf } from "./totals.ts";

const BASIS_SCALE = 18;
/** Positions print 9 decimals of a coin, sums 6 to 8, and prices as many digits as their tick. */
const POSITION_DIGITS = dec("0.000000002");
const SUM_DIGITS = dec("0.000003");
const DOLLAR_DIGITS = dec("0.01");
/** What a printed mark's last digit moves, and for sums a mark that is a moment older: another rate is much farther off. */
const PRINTED = dec("0.00001");
const OLDER = dec("0.002");

/** Differences finer than this are nobody's. */
const SHOWN_SCALE = 12;
const shown = (value: Exact): Exact => (value.scale > SHOWN_SCALE ? rescale(value, SHOWN_SCALE, "half-even") : value);
const parityRow = ({ ours, allowed, ...row }: Omit<ParityRow, "verdict">): ParityRow =>
  exactRow({ ...row, ours: ours === "none" ? ours : shown(ours), allowed: shown(allowed) });

/** How the venue estimates a liquidation is not documented to the digit. */
const RATIO_ALLOWED = dec("0.005");

/** Prices of one reading, as its tickers tell them. */
export type Quotes = ReadonlyMap<QuoteKey, Quote>;

/**
 * Our figures beside the venue's, at the venue's own marks. Maintenance margin decides: where it differs, it is another rate,
 * matrix or rule, and the venue acts on its own. Initial margin contains open orders, which are read as what it exceeds the
 * positions' by. Accounts that cannot be assessed are left out: they are unknown already.
 */
export function parityOf(read: ReadAccount, quotes: Quotes, terms: Terms<DeribitTerms>, now: Ms): readonly ParityRow[] {
  const scene: Scene<DeribitTerms> = { now, terms, quotes: new Map([...quotes, ...marksOf(read.positions, now)]) };
  return accountsOf(read.body).flatMap((account) => {
    const totals = totalsOf(account, scene);
    const own = read.positions.filter((row) =>
      account.wallets.some(({ currency }) => currency === currencyOf(row.instrument_name)),
    );
    if (!totals.ok) return [];
    const summary = read.summaries.find(({ currency }) => account.wallets.some((each) => each.currency === currency));
    return [
      ...(summary === undefined ? [] : sumRows(account, totals.value, summary, own, scene)),
      ...(summary === undefined ? [] : ratioRows(account, summary, scene)),
      ...own.flatMap((row) => positionRows(row, totals.value, account)),
      ...account.wallets.flatMap(({ currency }) =>
        read.summaries.filter((each) => each.currency === currency).flatMap((each) => ownRows(each, own, totals.value)),
      ),
    ];
  });
}

/** Index and basis as the venue's own rows have them, so that both sides look at one moment. */
const marksOf = (rows: readonly VenuePosition[], now: Ms): readonly (readonly [QuoteKey, Quote])[] =>
  rows.flatMap(({ instrument_name: name, index_price: index, mark_price: mark }) => {
    const { pair, option, underlying } = readInstrument(name)!;
    if (option !== undefined || isZero(index)) return [];
    return [
      [indexKey(pair), { value: index, kind: "index", asOf: now }],
      [basisKey(underlying), { value: quotient(mark, index, BASIS_SCALE, "half-even"), kind: "mark", asOf: now }],
    ] as const;
  });

/** The sums that decide: of a segregated currency in it, of the pool in dollars. */
function sumRows(
  account: Account,
  totals: Totals,
  summary: VenueSummary,
  own: readonly VenuePosition[],
  scene: Scene<DeribitTerms>,
): readonly ParityRow[] {
  const { equity, balance, maintenance, initial } = totals;
  const cross = account.is === "cross";
  const venue = cross
    ? {
        equity: summary.total_equity_usd,
        balance: summary.total_margin_balance_usd,
        maintenance: summary.total_maintenance_margin_usd,
        initial: summary.total_initial_margin_usd,
      }
    : {
        equity: summary.equity,
        balance: summary.margin_balance,
        maintenance: summary.maintenance_margin,
        initial: summary.initial_margin,
      };
  const exposed = cross ? exposureInDollars(account, own, scene) : exposureOf(own);
  const digits = cross ? DOLLAR_DIGITS : SUM_DIGITS;
  const drift = add(multiply(exposed, MARK_DRIFT), digits);
  // what a short option requires contains its mark
  const shorts = multiply(exposureOf(own.filter(isOption)), MARK_DRIFT);
  const need = (ours: Exact) => add(add(multiply(ours, OLDER), shorts), digits);
  const row = (figure: string, theirs: Exact | undefined, ours: Exact, allowed: Exact, decides: boolean) =>
    theirs === undefined ? [] : [parityRow({ of: account.key, figure, venue: theirs, ours, allowed, decides })];
  return [
    ...row("equity", venue.equity, equity, drift, false),
    ...row("margin balance", venue.balance, balance, drift, true),
    ...row("maintenance margin", venue.maintenance, maintenance, need(maintenance), true),
    ...row("initial margin", venue.initial, initial, need(initial), false),
  ];
}

/** The venue estimates under standard margin alone, and prints 0 where it sees no liquidation. */
function ratioRows(account: Account, summary: VenueSummary, scene: Scene<DeribitTerms>): readonly ParityRow[] {
  if (account.margin === "portfolio") return [];
  const told = Object.entries(summary.estimated_liquidation_ratio_map ?? {});
  return told
    .filter(([, venue]) => venue.digits > 0n)
    .map(([pair, venue]) => {
      const ours = liquidationRatio(account, pair, toNumber(venue), scene);
      const allowed = multiply(venue, RATIO_ALLOWED);
      return parityRow({
        of: account.key,
        figure: `liquidation ratio of ${pair}`,
        venue,
        ours,
        allowed,
        decides: false,
      });
    });
}

const isOption = ({ instrument_name: name }: VenuePosition): boolean => readInstrument(name)?.option !== undefined;

/** Coins and contracts of a pool at their indices; a currency without one counts nothing here. */
function exposureInDollars({ wallets }: Account, own: readonly VenuePosition[], scene: Scene<DeribitTerms>): Exact {
  return sumOf(
    wallets.map(({ currency, balance }) => {
      const coin = quoteOf(indexKey(coinPair(currency)), "index", scene);
      const held = own.filter((row) => currencyOf(row.instrument_name) === currency);
      return coin.ok ? multiply(add(magnitude(balance), exposureOf(held)), coin.value) : ZERO;
    }),
  );
}

/** Margins of a future, which the venue prints by formula under every model; value of an option at the venue's own vol. */
function positionRows(row: VenuePosition, { priced }: Totals, account: Account): readonly ParityRow[] {
  const of = row.instrument_name;
  const own = priced.find(({ position }) => position.instrument === of);
  if (own === undefined) return [];
  if (own.is === "option") return [optionRow(row, own)];
  return (["maintenance", "initial"] as const).map((line) => {
    const ours = requirementOf(own, line);
    const allowed = add(multiply(ours, PRINTED), POSITION_DIGITS);
    const venue = line === "maintenance" ? row.maintenance_margin : row.initial_margin;
    const decides = line === "maintenance" && account.margin === "standard";
    return parityRow({ of, figure: `${line} margin`, venue, ours, allowed, decides });
  });
}

/** The venue prints an option's mark to its fourth decimal and its vol to the hundredth of a percent. */
function optionRow(row: VenuePosition, own: Priced): ParityRow {
  const size = magnitude(row.size);
  const sign = own.position.size.digits < 0n ? dec("-1") : dec("1");
  const venue = multiply(multiply(size, row.mark_price), sign);
  const unit = own.instrument.style === "inverse" ? dec("1") : row.index_price;
  const allowed = multiply(multiply(size, unit), MARK_DRIFT);
  return parityRow({ of: row.instrument_name, figure: "value", venue, ours: valueOf(own), allowed, decides: false });
}

/** Figures that the venue gives by currency in every model: what options are worth, and the delta of coins and contracts. */
function ownRows(summary: VenueSummary, rows: readonly VenuePosition[], { priced }: Totals): readonly ParityRow[] {
  const { currency, options_value: worth, delta_total: delta } = summary;
  const own = rows.filter((row) => currencyOf(row.instrument_name) === currency);
  if (own.length === 0) return [];
  const options = priced.filter(({ is, instrument }) => is === "option" && instrument.currency === currency);
  const allowed = add(multiply(exposureOf(own), MARK_DRIFT), SUM_DIGITS);
  const deltas = own.flatMap((row) => (row.delta === undefined ? [] : [row.delta]));
  const rowOf = (figure: string, venue: Exact, ours: Exact) =>
    parityRow({ of: currency, figure, venue, ours, allowed, decides: false });
  return [
    rowOf("options value", worth, sumOf(options.map(valueOf))),
    ...(delta === undefined || deltas.length < own.length
      ? []
      : [rowOf("delta", delta, subtract(sumOf(deltas), worth))]),
  ];
}
