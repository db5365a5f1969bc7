import { type AssetId, type Exact, type Figure, type Ms, add, known, ms, unknown } from "@plimsoll/core/units";
import type { Cover } from "./cover.ts";

/** The whole book if this machine dies now. */
export interface BookCoverage {
  readonly positions: number;
  readonly covered: number;
  /** Longest time that nothing acts for one of them. */
  readonly unprotectedMs: Ms;
  /** By the unit it is counted in: what can be lost while nobody comes. An account counts once, however many positions it holds. */
  readonly atRisk: ReadonlyMap<AssetId, Figure<Exact>>;
}

/** Adds up the covers of all accounts of a book; `account` names must be different among them. */
export function bookCoverage(covers: readonly Cover[]): BookCoverage {
  const atRisk = new Map<AssetId, Figure<Exact>>();
  for (const ofAccount of Map.groupBy(covers, ({ account }) => account).values()) {
    const [{ unit }] = ofAccount as [Cover];
    const bare = ofAccount.find(({ unprotectedMs }) => unprotectedMs > 0);
    // what is bare can take all that the account has; what is covered adds up
    for (const { atRisk: figure } of bare === undefined ? ofAccount : [bare])
      atRisk.set(unit, sum(atRisk.get(unit), figure));
  }
  return {
    positions: covers.length,
    covered: covers.filter(({ unprotectedMs }) => unprotectedMs === 0).length,
    unprotectedMs: ms(Math.max(0, ...covers.map(({ unprotectedMs }) => unprotectedMs))),
    atRisk,
  };
}

/** Unknown stays unknown, whatever is added. */
function sum(before: Figure<Exact> | undefined, figure: Figure<Exact>): Figure<Exact> {
  if (before === undefined) return figure;
  if (before.is !== "known" || figure.is === "none") return before;
  if (figure.is === "known") return known(add(before.value, figure.value), figure.asOf);
  return unknown(figure.why);
}
