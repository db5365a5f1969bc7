import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { integer } from "@plimsoll/venues/wire";
import * as z from "zod";

/** A Solidity uint: decimal text in the journal, bigint in memory. */
const unsigned = integer.refine((value) => value >= 0n, "not a uint: it is below 0");
const small = z.number().int().nonnegative();
/** Each id once, in order: figures are summed in this order, and ties between reserves are decided by it. */
const ascending = (reserves: readonly { readonly id: number }[]): boolean =>
  reserves.every(({ id }, i) => i === 0 || id > reserves[i - 1]!.id);
/** "unknown" only in accounts that a person wrote: a limit that was not read limits nothing and is said to be unknown. */
const readOrUnknown = z.union([z.literal("unknown"), unsigned]);

/** What moves in one reserve of the pool with every block and every stranger's action. Raw contract integers. */
const Pool = z
  .object({
    /** RAY; as stored, not projected: they move only when the reserve is touched. */
    liquidityIndex: unsigned,
    variableBorrowIndex: unsigned,
    /** RAY per year. */
    liquidityRate: unsigned,
    variableBorrowRate: unsigned,
    /** Seconds: the reserve's lastUpdateTimestamp. */
    lastUpdate: unsigned,
    /** `scaledTotalSupply()` of the aToken and of the variable debt token. */
    scaledSupply: unsigned,
    scaledDebt: unsigned,
    /** `getVirtualUnderlyingBalance`, never the token balance of the aToken. */
    virtualBalance: unsigned,
    /** Scaled, as in getReserveData. */
    accruedToTreasury: unsigned,
    /** `getReserveDeficit`, in the asset's units. */
    deficit: unsigned,
    /** Debt against this asset as isolated collateral, 2 decimals. */
    isolationDebt: unsigned,
  })
  .readonly();

const ReserveHeld = z
  .object({
    /** Position in the pool's list; bits 2*id (borrowing) and 2*id + 1 (collateral) of `config`. */
    id: small.max(127),
    /** "not-read" in accounts that a person wrote: balances are then plain amounts (index 1) and earn no interest. */
    pool: z.union([z.literal("not-read"), Pool]),
    /** The user's `scaledBalanceOf` of the aToken and of the variable debt token. */
    scaledSupply: unsigned,
    scaledDebt: unsigned,
    /** Balance of the underlying that the payer holds, and what the payer lets the pool take of it. */
    wallet: readOrUnknown,
    allowance: readOrUnknown,
  })
  .readonly();

const Body = z
  .object({
    /** Names the quotes and the account; the same text as in the terms. */
    market: z.string().min(1),
    /** Whose account: the address in lower case, or the name given in a book file. */
    user: z.string().min(1),
    /** Whose wallet pays for supply and repay; usually the user. */
    payer: z.string().min(1),
    /** Block that was read; 0 where no chain was read. */
    block: unsigned,
    /** Seconds. The block's, later whatever `advance` was asked for: everything is computed at this moment. */
    timestamp: unsigned,
    eMode: small.max(255),
    /** The user's configuration bitmap. */
    config: unsigned,
    /** What the price-oracle sentinel answers now; both true where the market has none. It follows the sequencer, hence not in the terms. */
    sentinel: z.object({ borrowAllowed: z.boolean(), liquidationAllowed: z.boolean() }).readonly(),
    /** Ascending by id. At least every reserve with a bit in `config`, a balance, or a wallet balance worth using. */
    reserves: z.array(ReserveHeld).refine(ascending, "reserves are not in ascending order of their ids").readonly(),
  })
  .refine(
    ({ reserves, timestamp }) => reserves.every(({ pool }) => pool === "not-read" || pool.lastUpdate <= timestamp),
    "a reserve was updated after the holding's timestamp: parts of two snapshots",
  )
  .readonly();

/** One user's position in one pool, and the pool's own moving figures, at one moment: all that one block's snapshot reads. */
export type AaveBody = z.infer<typeof Body>;
export type ReserveHeld = z.infer<typeof ReserveHeld>;
export type Pool = z.infer<typeof Pool>;

/** Bounds where contract version 3.6 keeps them in code, not in storage. @source aave-v3-origin 3.6.0 LiquidationLogic.sol, ValidationLogic.sol */
const CloseFactor = z
  .object({
    /** Share of the account's total debt that one call may repay, bps: 5000. */
    normal: unsigned,
    /** At or below this health (WAD) the whole debt of a reserve: 0.95e18. */
    wholeAtOrBelow: unsigned,
    /** Below this value of the collateral or of the debt (base currency) the whole debt: 2000e8. */
    wholeUnder: unsigned,
    /** What a partial liquidation must leave on both sides (base currency): 1000e8. */
    leaveAtLeast: unsigned,
  })
  .readonly();

const ReserveTerms = z
  .object({
    id: small.max(127),
    /** House name, unique in the market: the symbol, or the address where two reserves share a symbol. Quotes use it. */
    asset: z.string().min(1),
    /** Lower case; "unknown" only in documents written by hand. */
    address: z.string().min(1),
    decimals: small.max(36),
    /** All of these in bps; the bonus as the pool stores it, 10500 for 5 %. */
    ltv: unsigned,
    liquidationThreshold: unsigned,
    liquidationBonus: unsigned,
    liquidationProtocolFee: unsigned,
    reserveFactor: unsigned,
    active: z.boolean(),
    frozen: z.boolean(),
    paused: z.boolean(),
    borrowingEnabled: z.boolean(),
    flashLoanEnabled: z.boolean(),
    borrowableInIsolation: z.boolean(),
    siloedBorrowing: z.boolean(),
    /** Whole tokens; 0 is no cap. */
    supplyCap: unsigned,
    borrowCap: unsigned,
    /** Base currency with 2 decimals; above 0 the asset is isolated collateral. */
    debtCeiling: unsigned,
    /** Seconds: no liquidation with this reserve up to and including this moment. */
    liquidationGraceUntil: unsigned,
    /** `getInterestRateDataBps` of the rate strategy, bps. */
    rates: z.object({ optimalUsage: unsigned, base: unsigned, slope1: unsigned, slope2: unsigned }).readonly(),
  })
  .readonly();

const EModeTerms = z
  .object({
    id: small.min(1).max(255),
    label: z.string(),
    ltv: unsigned,
    liquidationThreshold: unsigned,
    liquidationBonus: unsigned,
    /** Bit = reserve id. */
    collateralBitmap: unsigned,
    borrowableBitmap: unsigned,
    ltvZeroBitmap: unsigned,
  })
  .readonly();

const TermsBody = z
  .object({
    market: z.string().min(1),
    chainId: small,
    /** What values are counted in and its decimals: USD with 8 on all known markets (`BASE_CURRENCY_UNIT` = 1e8). */
    baseCurrency: z.string().min(1),
    baseDecimals: small.max(36),
    closeFactor: CloseFactor,
    /** `FLASHLOAN_PREMIUM_TOTAL`, bps. */
    flashPremium: unsigned,
    /** Ascending by id. */
    reserves: z
      .array(ReserveTerms)
      .refine(ascending, "reserves are not in ascending order of their ids")
      .refine(
        (reserves) => new Set(reserves.map(({ asset }) => asset)).size === reserves.length,
        "an asset is listed twice",
      )
      .readonly(),
    eModes: z.array(EModeTerms).readonly(),
    /** How far the document can be trusted: "read-from-chain", or what was assumed. */
    completeness: z.string().min(1),
  })
  .readonly();

/** What governance sets, per market: changes by transactions of the pool's administrators only. */
export type AaveTerms = z.infer<typeof TermsBody>;
export type ReserveTerms = z.infer<typeof ReserveTerms>;
export type EModeTerms = z.infer<typeof EModeTerms>;
export type CloseFactor = z.infer<typeof CloseFactor>;

/** The close-factor constants of pool revision 10. */
export const closeFactorR10: CloseFactor = {
  normal: 5_000n,
  wholeAtOrBelow: 950_000_000_000_000_000n,
  wholeUnder: 2_000_00000000n,
  leaveAtLeast: 1_000_00000000n,
};

const reader =
  <S extends z.ZodType>(schema: S, what: string) =>
  (raw: unknown): Result<z.infer<S>, Why> => {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return ok(parsed.data);
    return fail(
      why(`aave-v3/${what}-unreadable`, {
        value: z.prettifyError(parsed.error),
        next: `write the ${what} again from a snapshot of the pool`,
      }),
    );
  };

/** A holding's body from our own memory or our own JSON. */
export const readAaveBody: (raw: unknown) => Result<AaveBody, Why> = reader(Body, "holding");
/** A terms document's body from our own memory or our own JSON. */
export const readAaveTerms: (raw: unknown) => Result<AaveTerms, Why> = reader(TermsBody, "terms");
