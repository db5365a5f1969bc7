import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  fail,
  isZero,
  magnitude,
  negate,
  ok,
  why,
} from "@plimsoll/core/units";
import { readerOf } from "@plimsoll/venues/wire";
import * as z from "zod";
import type { Body, Pair, Position } from "./holding.ts";
import { answerOf, figure, figureOrNone, side } from "./raw.ts";
import { OKX } from "./written.ts";

const Row = z.object({
  instType: z.enum(["MARGIN", "SWAP", "FUTURES", "OPTION"]),
  instId: z.string().min(1),
  mgnMode: z.enum(["cross", "isolated"]),
  posId: z.string(),
  posSide: side,
  pos: figure,
  /** Of spot margin: the coin held. */
  posCcy: z.string().default(""),
  ccy: z.string().min(1),
  avgPx: figureOrNone,
  markPx: figureOrNone,
  liqPx: figureOrNone,
  lever: figureOrNone,
  /** Margin posted to an isolated position. */
  margin: figureOrNone,
  imr: figureOrNone,
  mmr: figureOrNone,
  mgnRatio: figureOrNone,
  upl: figureOrNone,
  /** Of spot margin: what is owed, below 0. */
  liab: figureOrNone,
  liabCcy: z.string().default(""),
});
/** A position as the venue reports it, with its own figures; a figure that it leaves empty is absent. */
export type VenuePosition = z.infer<typeof Row>;

const readRow = readerOf(OKX);

/** The open positions of GET account/positions. */
export function readPositions(raw: unknown): Result<readonly VenuePosition[], Why> {
  const read = readRow("positions", answerOf(Row), raw);
  return read.ok
    ? ok(read.value.filter(({ pos, liab }) => !isZero(pos) || (liab !== undefined && !isZero(liab))))
    : read;
}

/**
 * A venue's row as a position of ours; undefined for cross spot margin outside futures mode, which is coin balances there.
 * @returns a failure for an option and for a row that lacks a figure which decides.
 */
export function positionOf(row: VenuePosition, mode: Body["mode"]): Result<Position | undefined, Why> {
  if (row.instType === "OPTION") return fail(optionHeld(row));
  if (row.instType !== "MARGIN") return contractOf(row);
  return row.mgnMode === "cross" && mode !== "futures" ? ok(undefined) : loanOf(row);
}

function contractOf(row: VenuePosition): Result<Position, Why> {
  const { instId: instrument, posSide, ccy: coin, pos, avgPx: entry, lever: leverage, mgnMode, margin } = row;
  if (entry === undefined) return fail(lacks(row, "avgPx"));
  if (mgnMode === "isolated" && margin === undefined) return fail(lacks(row, "margin"));
  return ok({
    kind: "contract",
    instrument,
    side: posSide,
    coin,
    // in long/short mode the venue counts a short position above 0
    contracts: posSide === "short" ? negate(magnitude(pos)) : pos,
    entry,
    margin: mgnMode === "isolated" && margin !== undefined ? { mode: "isolated", balance: margin } : { mode: "cross" },
    ...(leverage !== undefined && { leverage }),
  });
}

/** Spot margin: the coins held, with posted margin in the same coin, against what is owed. @source README.md rule 22 */
function loanOf(row: VenuePosition): Result<Position, Why> {
  const { instId: instrument, ccy: coin, pos, posCcy, liab, liabCcy, mgnMode, margin, lever: leverage } = row;
  const [base = "", quote = ""] = instrument.split("-");
  const known = (each: string) => each === base || each === quote;
  if (!known(posCcy)) return fail(lacks(row, "posCcy"));
  if (liab === undefined || !known(liabCcy)) return fail(lacks(row, "liab"));
  if (mgnMode === "isolated" && margin === undefined) return fail(lacks(row, "margin"));
  const pairOf = (amounts: Readonly<Record<string, Exact>>): Pair => ({
    base: amounts[base] ?? ZERO,
    quote: amounts[quote] ?? ZERO,
  });
  const posted = margin !== undefined && coin !== posCcy ? { [coin]: margin } : {};
  return ok({
    kind: "margin",
    instrument,
    coin,
    held: pairOf({ ...posted, [posCcy]: magnitude(pos) }),
    owed: pairOf({ [liabCcy]: magnitude(liab) }),
    margin: { mode: mgnMode },
    ...(leverage !== undefined && { leverage }),
  });
}

const lacks = ({ instId, posSide }: VenuePosition, field: string): Why =>
  why("okx/absent-figure", {
    position: `${instId}:${posSide}`,
    field,
    next: "read again; without this figure the position cannot be valued",
  });

const optionHeld = ({ instId }: VenuePosition): Why =>
  why("okx/option", {
    position: instId,
    next: "options are not modelled: close it or watch this account with the venue's own figures",
  });
