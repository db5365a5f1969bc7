import type { Holding } from "@plimsoll/core/book";
import { type Exact, type Ms, multiply, pow10, rescale } from "@plimsoll/core/units";
import type { AaveBody, AaveTerms } from "@plimsoll/venues/aave-v3";
import type { ReserveFlags, StateChannel } from "./drill.ts";

type ReserveChannel = Extract<StateChannel, { readonly channel: "reserve" }>;
type Pool = Exclude<AaveBody["reserves"][number]["pool"], "not-read">;

const RAY = pow10(27);

/** The holding with a reserve's pool as the scenario says: what is supplied, how much of it is lent, at which rate. */
export function withPool(
  holding: Holding,
  terms: AaveTerms,
  { asset, supplied }: ReserveChannel,
  flags: ReserveFlags,
  at: Ms,
): Holding {
  const reserve = terms.reserves.find((each) => each.asset === asset);
  if (supplied === undefined || flags.utilisation === undefined || reserve === undefined) return holding;
  const body = holding.body as AaveBody;
  const units = (amount: Exact): bigint => rescale(amount, reserve.decimals, "down").digits;
  const lent = units(multiply(supplied, flags.utilisation));
  const rate = flags.borrowRate === undefined ? 0n : rescale(flags.borrowRate, 27, "half-even").digits;
  const reserves = body.reserves.map((held) => {
    if (held.id !== reserve.id) return held;
    const { liquidityIndex, variableBorrowIndex } = held.pool === "not-read" ? untouched : held.pool;
    const pool: Pool = {
      liquidityIndex,
      variableBorrowIndex,
      liquidityRate: (rate * lent) / units(supplied),
      variableBorrowRate: rate,
      lastUpdate: BigInt(Math.floor(at / 1_000)),
      scaledSupply: (units(supplied) * RAY) / liquidityIndex,
      scaledDebt: (lent * RAY) / variableBorrowIndex,
      virtualBalance: units(supplied) - lent,
      accruedToTreasury: 0n,
      deficit: 0n,
      isolationDebt: 0n,
    };
    return { ...held, pool };
  });
  return { ...holding, body: { ...body, reserves } };
}
const untouched = { liquidityIndex: RAY, variableBorrowIndex: RAY } as const;
