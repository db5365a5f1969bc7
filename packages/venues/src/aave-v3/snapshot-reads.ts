import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { lower } from "@plimsoll/venues/chain";
import type { Batch } from "./abi.ts";
import { type AaveSource, type Discovered, rulesOf, sentinelOf } from "./discover.ts";

/** What `getUserAccountData` answered in the same call: compared with ours, never used. */
export interface VenueAccountData {
  readonly collateral: bigint;
  readonly debt: bigint;
  readonly availableBorrows: bigint;
  readonly liquidationThreshold: bigint;
  readonly ltv: bigint;
  readonly health: bigint;
}

/** The discovery no longer fits the market: discover again and repeat. */
export const outdated = "aave-v3/discovery-outdated";

/** Whether contracts, revision and list of reserves are still those that were discovered. */
export function planMarketCheck(batch: Batch, source: AaveSource, known: Discovered): () => Result<void, Why> {
  const pool = batch.add(source.provider, "getPool");
  const oracle = batch.add(source.provider, "getPriceOracle");
  const sentinel = batch.maybe(source.provider, "getPriceOracleSentinel");
  const revision = batch.add(known.pool, "POOL_REVISION");
  const strategy =
    known.strategy === "per-reserve" ? () => "per-reserve" : batch.maybe(known.pool, "RESERVE_INTEREST_RATE_STRATEGY");
  const list = batch.add(known.pool, "getReservesList");
  return () => {
    const rules = rulesOf(revision());
    if (!rules.ok) return rules;
    const now = [rules.value, pool(), oracle(), strategy() ?? "none", ...list()].map(lower);
    const { rules: before, pool: at, oracle: asked, strategy: rates, reserves } = known;
    const then = [before, at, asked, rates, ...reserves.map(({ address }) => address)];
    if (now.join() === then.join() && sentinelOf(sentinel(), rules.value) === known.sentinel) return ok(undefined);
    return fail(why(outdated, { pool: known.pool, next: "discover the market again" }));
  };
}

export function planAccount(batch: Batch, { user }: AaveSource, { pool, sentinel }: Discovered) {
  const config = batch.add(pool, "getUserConfiguration", user);
  const eMode = batch.add(pool, "getUserEMode", user);
  const data = batch.maybe(pool, "getUserAccountData", user);
  const allowed = () => true;
  const borrowAllowed = sentinel === "none" ? allowed : batch.add(sentinel, "isBorrowAllowed");
  const liquidationAllowed = sentinel === "none" ? allowed : batch.add(sentinel, "isLiquidationAllowed");
  return () => {
    return {
      config: config(),
      eMode: Number(eMode()),
      sentinel: { borrowAllowed: borrowAllowed(), liquidationAllowed: liquidationAllowed() },
      venue: readAccountData(data()),
    };
  };
}

function readAccountData(answer: readonly bigint[] | undefined): VenueAccountData | undefined {
  if (answer === undefined) return undefined;
  const [collateral = 0n, debt = 0n, availableBorrows = 0n, liquidationThreshold = 0n, ltv = 0n, health = 0n] = answer;
  return { collateral, debt, availableBorrows, liquidationThreshold, ltv, health };
}
