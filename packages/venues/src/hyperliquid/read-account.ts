import {
  type Exact,
  type Result,
  type Why,
  add,
  compare,
  exact,
  fail,
  isNegative,
  isZero,
  magnitude,
  negate,
  ok,
  quotient,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import { decimal } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, OpenOrder, Position } from "./holding.ts";
import { AMOUNT_SCALE, sumOf } from "./position.ts";
import { readBody, unreadable } from "./read-holding.ts";
import { readResting } from "./read-resting.ts";

const amount = decimal(18);
const Row = z.object({
  coin: z.string().min(1),
  szi: amount,
  positionValue: amount,
  marginUsed: amount,
  liquidationPx: amount.nullable(),
  leverage: z.discriminatedUnion("type", [
    z.object({ type: z.literal("cross"), value: z.number().int().min(1) }),
    z.object({ type: z.literal("isolated"), value: z.number().int().min(1), rawUsd: amount }),
  ]),
});
/** A position as the venue reports it, with its own figures. */
export type VenuePosition = z.infer<typeof Row>;

const Clearinghouse = z.object({
  crossMarginSummary: z.object({ accountValue: amount, totalMarginUsed: amount, totalRawUsd: amount }),
  crossMaintenanceMarginUsed: amount.optional(),
  withdrawable: amount,
  assetPositions: z.array(z.object({ type: z.literal("oneWay").optional(), position: Row })),
  /** Of this state; recordings of 2023 have none. */
  time: z.number().int().positive().optional(),
});
/** The cross pool of one dex as the venue reports it. */
export type VenuePool = Omit<z.infer<typeof Clearinghouse>, "assetPositions"> & { readonly dex: string };

const Orders = z.array(z.object({ coin: z.string().min(1), oid: z.number().int() }));

/** Whether there is nothing in a dex: then it has no pool. An unreadable state is not empty. */
export function isEmpty(state: unknown): boolean {
  const parsed = Clearinghouse.safeParse(state);
  return (
    parsed.success && parsed.data.assetPositions.length === 0 && isZero(parsed.data.crossMarginSummary.accountValue)
  );
}

/** Raw answers of one reading: each dex has to be asked for separately. */
export interface RawAccount {
  readonly dexes: readonly {
    readonly dex: string;
    /** Collateral token, from the dex's metadata. */
    readonly token: string;
    /** `clearinghouseState` of the dex. */
    readonly state: unknown;
    /** `openOrders` or `frontendOpenOrders` of the dex. */
    readonly orders: unknown;
  }[];
}

export interface ReadAccount {
  readonly body: Body;
  readonly pools: readonly VenuePool[];
  readonly positions: readonly VenuePosition[];
  /** Mark of each coin held, as its position value states it. */
  readonly marks: ReadonlyMap<string, Exact>;
}

/** Turns the answers of one reading into a holding's body and the venue's own figures; nothing is filled in. */
export function readAccount({ dexes }: RawAccount): Result<ReadAccount, Why> {
  const rows: VenuePosition[] = [];
  const pools: VenuePool[] = [];
  const open: OpenOrder[] = [];
  for (const { dex, state, orders } of dexes) {
    const parsed = z.object({ state: Clearinghouse, orders: Orders }).safeParse({ state, orders });
    if (!parsed.success) return fail(unreadable("clearinghouseState", parsed.error));
    const { assetPositions, ...pool } = parsed.data.state;
    const own = assetPositions.map(({ position }) => position).filter(({ szi }) => !isZero(szi));
    const torn = tornBetween(dex, pool.crossMarginSummary, own);
    if (torn !== undefined) return fail(torn);
    rows.push(...own);
    pools.push({ ...pool, dex });
    open.push(
      ...parsed.data.orders.filter(({ coin }) => !isSpot(coin)).map(({ coin, oid }) => ({ coin, id: `${oid}` })),
    );
  }
  const lying = dexes.map(({ orders }) => readResting(orders));
  const resting = lying.every((each) => each !== undefined) ? lying.flat() : undefined;
  const body = readBody({
    pools: pools.map(({ dex, crossMarginSummary: { totalRawUsd: cash } }, i) => ({
      dex,
      token: dexes[i]!.token,
      cash,
    })),
    positions: rows.map(positionOf),
    orders: open,
    ...(resting !== undefined && { resting: resting.filter(({ instrument }) => !isSpot(instrument)) }),
    funding: [],
  } satisfies Body);
  return body.ok ? ok({ body: body.value, pools, positions: rows, marks: new Map(rows.map(markOf)) }) : body;
}

/** The first dex's answer lists spot orders too: "@107", "PURR/USDC". */
const isSpot = (coin: string): boolean => coin.startsWith("@") || coin.includes("/");

function positionOf({ coin, szi: size, leverage }: VenuePosition): Position {
  const margin =
    leverage.type === "isolated"
      ? ({ mode: "isolated", cash: leverage.rawUsd } as const)
      : ({ mode: "cross" } as const);
  return { coin, size, margin, leverage: exact(BigInt(leverage.value)) };
}

/** Position value is printed at 6 decimals: on the venue's size grid the quotient is its mark to the last digit. */
const markOf = ({ coin, szi, positionValue }: VenuePosition) =>
  [coin, quotient(positionValue, magnitude(szi), 2 * AMOUNT_SCALE, "half-even")] as const;

/** Account value must be cash leg plus position values; where it is not, positions are missing or of another moment. */
function tornBetween(
  dex: string,
  { accountValue, totalRawUsd }: VenuePool["crossMarginSummary"],
  rows: readonly VenuePosition[],
): Why | undefined {
  const cross = rows.filter(({ leverage }) => leverage.type === "cross");
  const values = cross.map(({ szi, positionValue }) => (isNegative(szi) ? negate(positionValue) : positionValue));
  const sum = add(totalRawUsd, sumOf(values));
  const allowed = exact(BigInt(cross.length + 1), AMOUNT_SCALE);
  if (compare(magnitude(subtract(sum, accountValue)), allowed) <= 0) return undefined;
  return why("hyperliquid/torn-reading", {
    dex,
    accountValue: text(accountValue),
    sum: text(sum),
    next: "read again: cash leg and positions do not add up to the account value",
  });
}
