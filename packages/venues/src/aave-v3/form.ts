import { type Compiled, type FormBuilder, type LineName, type Scene, formBuilder } from "@plimsoll/core/margin";
import { type Exact, exact, toNumber } from "@plimsoll/core/units";
import { accountData } from "./account-data.ts";
import { type AaveLine, isAaveLine } from "./assess.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { readPositions } from "./position.ts";
import { ratioAt } from "./price-cap.ts";
import { type Priced, baseQuotesOf, priceCapOf, priceOf, pricePositions, quoteOf } from "./prices.ts";
import { revisionOf } from "./revision.ts";
import { isFlagged } from "./user-config.ts";

/** Largest relative error of one float64 rounding. */
const HALF_ULP = 2 ** -53;

/**
 * The form of one line: have = sum of q * share * price, need = sum of debt * price; one asset on both sides is two legs.
 * Legs hold the integer balances at the holding's timestamp; what interest does after it is the accrual, to first order.
 */
export function compileAave(body: AaveBody, scene: Scene<AaveTerms>, line: LineName): Compiled {
  if (!isAaveLine(line)) return { unknown: `aave-v3 has no line "${line}": it has maintenance and borrow` };
  const terms = scene.terms.body;
  const positions = readPositions(body, terms);
  if (!positions.ok) return { unknown: positions.failure.facts["value"] ?? positions.failure.code };
  const flagged = positions.value.filter(isFlagged);
  if (!flagged.some(owes)) return { none: "no-debt" };
  const priced = pricePositions(flagged, scene);
  if (!priced.ok) return { unknown: `${priced.failure.code} ${priced.failure.facts["quote"]}` };

  const form = formBuilder();
  for (const position of priced.value) {
    const price = form.price(quoteOf(terms, position));
    const { have, need } = slopesOf(position, line);
    for (const [into, slope] of [
      ["have", have],
      ["need", need],
    ] as const)
      addCapped(form, into, { price, slope, position, scene });
    if (dilutes(position, line, terms)) form.endAt(price, dilutesUpTo(position, terms));
    const { pool } = position.held;
    if (pool === "not-read") continue;
    // Supplies earn simple interest on what they were when the reserve was last touched, debts compound on what they are.
    const touched = toNumber(exact(pool.liquidityIndex, 27)) / toNumber(exact(position.indices.supply, 27));
    form.accrual
      .line(price, have * touched * perDay(pool.liquidityRate))
      .line(price, -need * perDay(pool.variableBorrowRate));
  }
  return {
    form: form.build({
      line,
      unit: terms.baseCurrency,
      atZero: "safe",
      error: errorOf(priced.value, line, terms),
      compiledAtMs: Number(body.timestamp) * 1000,
    }),
  };
}

interface CappedLeg {
  readonly price: number;
  readonly slope: number;
  readonly position: Priced;
  readonly scene: Scene<AaveTerms>;
}

/** slope * min(price, cap): flat above a fixed cap; above a ratio's, less what the price is too high against its base. */
function addCapped(form: FormBuilder, into: "have" | "need", { price, slope, position, scene }: CappedLeg): void {
  const terms = scene.terms.body;
  const cap = priceCapOf(position);
  if (cap !== "none" && cap.kind === "stable") {
    const most = toNumber(exact(cap.most, terms.baseDecimals));
    const [knots, a, b] = [Float64Array.of(0, most), Float64Array.of(0, slope * most), Float64Array.of(slope, 0)];
    if (slope !== 0) form[into].curve(price, { kind: "pieces", knots, a, b });
    return;
  }
  form[into].line(price, slope);
  const [base] = baseQuotesOf(terms, position);
  if (cap === "none" || base === undefined || slope === 0) return;
  const ratio = toNumber(exact(ratioAt(cap, BigInt(Math.floor(scene.now / 1000))), cap.ratioDecimals));
  const none = Float64Array.of(0, 0);
  form
    .pool({
      into,
      measure: "value",
      from: Float64Array.of(-Infinity, 0),
      a: none,
      b: Float64Array.of(0, -slope),
      g: none,
    })
    .line(price, 1)
    .line(form.price(base), -ratio);
}

/** Share of the collateral's value that counts on a line, as an exact decimal of four places. */
const shareOf = ({ counts }: Priced, line: AaveLine): Exact =>
  exact(line === "maintenance" ? counts.liquidationThreshold : counts.ltv, 4);

const owes = ({ isBorrowed, owed }: Pick<Priced, "isBorrowed" | "owed">): boolean => isBorrowed && owed > 0n;

function slopesOf(position: Priced, line: AaveLine) {
  const { supplied, owed, isCollateral, isBorrowed, terms } = position;
  const share = shareOf(position, line);
  return {
    have: isCollateral ? toNumber(exact(supplied * share.digits, terms.decimals + share.scale)) : 0,
    need: isBorrowed ? toNumber(exact(owed, terms.decimals)) : 0,
  };
}

/** A yearly RAY rate as a share per day. */
const perDay = (rate: bigint): number => toNumber(exact(rate, 27)) / 365;

/**
 * In units, not relative: the engine rounds every collateral value down and every debt value up by less than one base unit, hence
 * sum of shares + max(1, health) * debts; a relative bound would not hold for a debt of a few units. Relative is float64's own:
 * slope, price and product of each leg, then the additions. Where health comes from a truncated average share, up to one basis
 * point of all collateral is lost before it: a share of what counts, and of what only dilutes its value where the form ends.
 */
function errorOf(priced: readonly Priced[], line: AaveLine, terms: AaveTerms) {
  const shares = priced.reduce(
    (sum, position) => sum + (position.isCollateral ? toNumber(shareOf(position, line)) : 0),
    0,
  );
  const debts = priced.filter(owes).length;
  // A capped price is itself rounded down, to a base unit a token.
  const capped = priced.filter((each) => priceCapOf(each) !== "none").map((each) => slopesOf(each, line));
  const rounded = capped.reduce((sum, { have, need }) => sum + have + need, 0);
  const { health } = accountData(priced, revisionOf(terms));
  const times = health === "no-debt" ? 1 : Math.max(1, toNumber(exact(health, 18)));
  const lost = revisionOf(terms).truncatesAverage ? lostToAverage(priced, line, terms) : { absolute: 0, relative: 0 };
  return {
    absolute: (shares + times * debts + rounded) * 10 ** -terms.baseDecimals + lost.absolute,
    relative: (3 + 2 * priced.length) * HALF_ULP + lost.relative,
  };
}

const BASIS_POINT = 1e-4;

function lostToAverage(priced: readonly Priced[], line: AaveLine, terms: AaveTerms) {
  const diluting = priced
    .filter((position) => dilutes(position, line, terms))
    .reduce((sum, each) => sum + toNumber(exact(each.supplied, each.terms.decimals)) * dilutesUpTo(each, terms), 0);
  const shares = priced.filter(({ isCollateral }) => isCollateral).map((each) => toNumber(shareOf(each, line)));
  const least = Math.min(1, ...shares.filter((share) => share > 0));
  return { absolute: BASIS_POINT * diluting, relative: BASIS_POINT / least };
}

/**
 * Whether collateral that counts nothing on a line, its LTV being 0, still lowers the truncated average. As its price rises, the
 * basis point that the cut may take outgrows all that counts, and at last the average is cut to 0: no straight form follows it.
 */
const dilutes = (position: Priced, line: AaveLine, terms: AaveTerms): boolean =>
  revisionOf(terms).truncatesAverage && position.isCollateral && shareOf(position, line).digits === 0n;

/** The price at which the form of such an account ends: ten times what the pool counts today. */
const dilutesUpTo = (position: Priced, { baseDecimals }: AaveTerms): number =>
  10 * toNumber(priceOf(position, baseDecimals));
