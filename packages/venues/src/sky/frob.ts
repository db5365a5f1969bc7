import { type Result, type Why, divide, exact, fail, ok, text } from "@plimsoll/core/units";
import { RAD_SCALE } from "./assess.ts";
import { RAY } from "./fixed-point.ts";
import type { SkyBody } from "./holding.ts";
import { type Position, rateAt, withVault } from "./position.ts";
import { refused } from "./refused.ts";

/** What of normalised debt an amount of the stablecoin pays, and what it costs: the last of it is paid up to the next unit. */
export interface Payment {
  readonly dart: bigint;
  /** WAD of the stablecoin. */
  readonly cost: bigint;
}

/** The whole debt in stablecoin, WAD, rounded up: what closing it costs. */
export const wholeDebt = ({ debt }: Position): bigint => divide(debt, RAY, "up");

/** What a debt grows by in an hour, WAD rounded up: as long may pass between a decision, its message and the message's block. */
export const hourOfInterest = ({ vault, held, rate }: Position): bigint =>
  divide(vault.art * (rateAt({ ...held, rate, rho: 0n }, 3_600n) - rate), RAY, "up");

/**
 * What was the whole debt when it was decided is less than it later: what is short of it by an hour's interest at the most is meant as all,
 * since a rest below the least debt would be refused.
 */
export const isAll = (position: Position, units: bigint): boolean =>
  units + hourOfInterest(position) >= wholeDebt(position);

/** @source makerdao/dss-proxy-actions DssProxyActions.sol, wipe and wipeAll; what is paid beyond a whole unit stays inside the core */
export function paymentOf(position: Position, units: bigint | "all"): Payment {
  const { vault, rate } = position;
  if (units === "all" || isAll(position, units)) return { dart: vault.art, cost: wholeDebt(position) };
  return { dart: (units * RAY) / rate, cost: units };
}

/**
 * The holding after a change of collateral and debt (WAD, both signed), with the rate dripped in the same moment.
 * @param spot RAY, at the price in force; read only where the vault becomes riskier.
 * @returns why not: unsafe afterwards, or a debt below the least that is not 0; that also refuses more collateral.
 * @source makerdao/dss vat.sol, frob; drawing, and the ceilings that limit it, are not offered
 */
export function frob(
  body: SkyBody,
  position: Position,
  change: { readonly dink: bigint; readonly dart: bigint },
  spot: bigint,
): Result<SkyBody, Why> {
  const { vault, held, rate, terms } = position;
  const after = { ...vault, ink: vault.ink + change.dink, art: vault.art + change.dart };
  const debt = after.art * rate;
  if (change.dink < 0n && debt > after.ink * spot)
    return fail(refused("Vat/not-safe", { vault: vault.id, next: "withdraw less, or repay first" }));
  if (debt !== 0n && debt < terms.dust)
    return fail(
      refused("Vat/dust", {
        vault: vault.id,
        left: text(exact(debt, RAD_SCALE)),
        least: text(exact(terms.dust, RAD_SCALE)),
        next: "repay all, or less",
      }),
    );
  const dripped = body.ilks.map((each) => (each.ilk === held.ilk ? { ...each, rate, rho: body.timestamp } : each));
  return ok(withVault({ ...body, ilks: dripped }, after));
}
