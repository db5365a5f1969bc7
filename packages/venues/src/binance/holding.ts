import {
  type Exact,
  type Ms,
  type Result,
  type Why,
  fail,
  isNegative,
  isZero,
  ms,
  ok,
  why,
} from "@plimsoll/core/units";
import { exactJson } from "@plimsoll/venues/wire";
import * as z from "zod";

/** The venue's word for which side of a symbol a position is: `BOTH` in one-way mode, the others in hedge mode. */
export type PositionSide = "BOTH" | "LONG" | "SHORT";

/** One position: `size` in coins, above 0 long and below 0 short, never 0; `entry` in quote units a coin. */
export interface Position {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** Margin asset: profit, loss and margin are counted in it. */
  readonly asset: string;
  readonly size: Exact;
  readonly entry: Exact;
  readonly margin:
    | { readonly mode: "cross" }
    /** The position's own wallet, without unrealised profit. */
    | { readonly mode: "isolated"; readonly wallet: Exact };
  /** Leverage that the owner set; absent when the venue did not tell, and then initial margin is unknown. */
  readonly leverage?: Exact;
}

/** The cross wallet of one margin asset, without isolated wallets and unrealised profit. */
export interface Wallet {
  readonly asset: string;
  readonly cross: Exact;
  /** What open orders reserve, those of isolated symbols too, as the venue reports it. */
  readonly orderMargin: Exact;
}

export interface OpenOrder {
  readonly id: string;
  readonly symbol: string;
  readonly positionSide: PositionSide;
}

/** The next funding of a symbol; `everyMs` absent when the interval is not known: then only the next one is. */
export interface Funding {
  readonly symbol: string;
  readonly rate: Exact;
  readonly next: Ms;
  readonly everyMs?: Ms;
}

/** Everything one login has in USD-M futures, single-asset mode. */
export interface Body {
  readonly mode: "one-way" | "hedge";
  readonly wallets: readonly Wallet[];
  readonly positions: readonly Position[];
  readonly orders: readonly OpenOrder[];
  readonly funding: readonly Funding[];
}

const positive = exactJson.refine((value) => !isZero(value) && !isNegative(value), "must be above 0");
const atLeastZero = exactJson.refine((value) => !isNegative(value), "must not be below 0");
const moment = z.number().int().min(0).transform(ms);
const side = z.enum(["BOTH", "LONG", "SHORT"]);

const PositionJson = z
  .object({
    symbol: z.string().min(1),
    positionSide: side,
    asset: z.string().min(1),
    size: exactJson.refine((value) => !isZero(value), "a position has a size"),
    entry: positive,
    margin: z.discriminatedUnion("mode", [
      z.object({ mode: z.literal("cross") }),
      z.object({ mode: z.literal("isolated"), wallet: exactJson }),
    ]),
    leverage: positive.optional(),
  })
  .refine(
    ({ positionSide, size }) => positionSide === "BOTH" || (positionSide === "SHORT") === isNegative(size),
    "a LONG position has a size above 0, a SHORT one below",
  )
  .transform(({ leverage, ...rest }): Position => (leverage === undefined ? rest : { ...rest, leverage }));

const FundingJson = z
  .object({ symbol: z.string().min(1), rate: exactJson, next: moment, everyMs: moment.optional() })
  .transform(({ everyMs, ...rest }): Funding => (everyMs === undefined ? rest : { ...rest, everyMs }));

const BodyJson = z
  .object({
    mode: z.enum(["one-way", "hedge"]),
    wallets: z.array(z.object({ asset: z.string().min(1), cross: exactJson, orderMargin: atLeastZero })),
    positions: z.array(PositionJson),
    orders: z.array(z.object({ id: z.string().min(1), symbol: z.string().min(1), positionSide: side })),
    funding: z.array(FundingJson),
  })
  .refine(
    ({ mode, positions }) => positions.every(({ positionSide }) => (mode === "hedge") === (positionSide !== "BOTH")),
    "positions are BOTH in one-way mode, LONG or SHORT in hedge mode",
  )
  .refine(
    ({ wallets, positions }) => positions.every((each) => wallets.some(({ asset }) => asset === each.asset)),
    "a position's margin asset has no wallet",
  )
  .refine(({ positions }) => unique(positions.map(positionName)), "a position stands twice")
  .refine(({ wallets }) => unique(wallets.map(({ asset }) => asset)), "a wallet stands twice");

const unique = (names: readonly string[]): boolean => new Set(names).size === names.length;

/** "BTCUSDT:LONG": the name of a position inside its holding, and of its account when it is isolated. */
export const positionName = ({ symbol, positionSide }: Pick<Position, "symbol" | "positionSide">): string =>
  `${symbol}:${positionSide}`;

/** Reads a holding's body, fresh or back from the journal. */
export function readBody(raw: unknown): Result<Body, Why> {
  const parsed = BodyJson.safeParse(raw);
  return parsed.success ? ok(parsed.data) : fail(unreadable("holding", parsed.error));
}

/** Why outside data was refused: every path and what is wrong there. */
export const unreadable = (what: string, error: z.ZodError): Why =>
  why("binance/unreadable", {
    what,
    detail: z.prettifyError(error),
    next: "compare the data with the venue's documentation",
  });
