import type { Move } from "./situation.ts";
import {
  type AaveBody,
  type AaveSnapshot,
  type AaveTerms,
  type ReserveHeld,
  borrows,
  usesAsCollateral,
} from "./room.ts";

/** What a walk has seen. Situations are counted once a step, of the one account that the step was about. */
export interface Coverage {
  states: number;
  liquidations: number;
  /** Steps on an account that owes inside an e-mode. */
  eMode: number;
  /** Steps on an account that owes against collateral whose LTV is zero. */
  ltvZero: number;
  /** Steps on an account with at least two debts. */
  severalDebts: number;
  /** Liquidations refused because they would have left dust. */
  dust: number;
  /** Liquidations that took the whole collateral of the pair before the debt was covered. */
  bonusCap: number;
  /** Liquidations that left a deficit. */
  badDebt: number;
  readonly kinds: Record<string, number>;
  readonly refusals: Record<string, number>;
}

export const required = ["eMode", "ltvZero", "severalDebts", "dust", "bonusCap", "badDebt"] as const;

/** Release 3.0 knows no dust and writes off no bad debt. */
export const requiredV30 = ["eMode", "ltvZero", "severalDebts", "bonusCap"] as const;

export const emptyCoverage = (): Coverage => ({
  states: 0,
  liquidations: 0,
  eMode: 0,
  ltvZero: 0,
  severalDebts: 0,
  dust: 0,
  bonusCap: 0,
  badDebt: 0,
  kinds: {},
  refusals: {},
});

interface Seen {
  readonly move: Move;
  readonly refusal: string | undefined;
  readonly before: AaveBody;
  readonly after: AaveSnapshot;
}

export function count(coverage: Coverage, { move, refusal, before, after: { body, terms } }: Seen): void {
  const kind = refusal === undefined ? move.kind : `${move.kind} refused`;
  coverage.states += 1;
  coverage.kinds[kind] = (coverage.kinds[kind] ?? 0) + 1;
  if (refusal !== undefined) coverage.refusals[refusal] = (coverage.refusals[refusal] ?? 0) + 1;
  const debts = terms.reserves.filter(({ id }) => borrows(body.config, id)).length;
  if (debts > 0 && body.eMode !== 0) coverage.eMode += 1;
  if (debts > 0 && terms.reserves.some(({ id }) => usesAsCollateral(body.config, id) && hasZeroLtv(body, terms, id)))
    coverage.ltvZero += 1;
  if (debts > 1) coverage.severalDebts += 1;
  if (refusal === "MustNotLeaveDust") coverage.dust += 1;
  if (move.kind === "liquidation" && refusal === undefined) countLiquidation(coverage, move, before, body, terms);
}

/** The e-mode's word where the asset is its collateral, else the reserve's. */
function hasZeroLtv({ eMode }: AaveBody, terms: AaveTerms, id: number): boolean {
  const category = terms.eModes.find((each) => each.id === eMode);
  const has = (bitmap: bigint) => ((bitmap >> BigInt(id)) & 1n) === 1n;
  if (category !== undefined && has(category.collateralBitmap)) return has(category.ltvZeroBitmap);
  return terms.reserves.find((reserve) => reserve.id === id)?.ltv === 0n;
}

function countLiquidation(coverage: Coverage, move: Move, before: AaveBody, after: AaveBody, terms: AaveTerms): void {
  coverage.liquidations += 1;
  const of = (body: AaveBody, asset: string | undefined): ReserveHeld | undefined =>
    body.reserves.find(({ id }) => id === terms.reserves.find((reserve) => reserve.asset === asset)?.id);
  const [collateral, debt] = move.pair ?? [];
  const emptied = of(after, collateral)?.scaledSupply === 0n;
  const deficit = deficits(after) > deficits(before);
  if (deficit) coverage.badDebt += 1;
  if (emptied && (deficit || (of(after, debt)?.scaledDebt ?? 0n) > 0n)) coverage.bonusCap += 1;
}

const deficits = ({ reserves }: AaveBody): bigint =>
  reserves.reduce((sum, { pool }) => sum + (pool === "not-read" ? 0n : pool.deficit), 0n);

/** The table that a soak prints. */
export function tableOf(coverage: Coverage): string {
  const { kinds, refusals, ...counts } = coverage;
  const rows = (title: string, of: Record<string, number>) => [
    title,
    ...Object.entries(of)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, times]) => `  ${name.padEnd(44)}${String(times).padStart(8)}`),
  ];
  return [...rows("coverage", counts), ...rows("calls", kinds), ...rows("refusals", refusals)].join("\n");
}
