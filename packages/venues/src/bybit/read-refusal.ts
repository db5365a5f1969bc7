import { type Why, text, trim, why } from "@plimsoll/core/units";
import { type Answers, SIDES, type VenuePosition, heldIn } from "./read-rows.ts";

/** Why answers of one reading are not used at all: another kind of account, options, or two moments in one. */
export const readRefusal = (answers: Answers): Why | undefined =>
  notUnified(answers) ?? optionHeld(answers) ?? torn(answers);

/** In a classic account no wallet backs all; in unified accounts of the first kind it does not back inverse contracts. */
function notUnified({ info, positions }: Answers): Why | undefined {
  const status = info.result.unifiedMarginStatus;
  const apart = status === 3 || status === 4;
  const inverse = heldIn(positions.filter(({ result }) => result.category === "inverse"))[0];
  if (status !== 1 && !(apart && inverse !== undefined)) return undefined;
  return why("bybit/not-unified", {
    status: `${status}`,
    ...(inverse !== undefined && { symbol: inverse.symbol }),
    next:
      status === 1
        ? "upgrade the account to a unified one: classic accounts are not modelled"
        : "upgrade the account to unified 2.0, or close the inverse position: its margin is in another account",
  });
}

function optionHeld({ positions }: Answers): Why | undefined {
  const [held] = heldIn(positions.filter(({ result }) => result.category === "option"));
  if (held === undefined) return undefined;
  return why("bybit/option-held", {
    symbol: held.symbol,
    next: "options are not modelled, and they take from the same margin: close it, or watch this account at the venue",
  });
}

/** A trade, or money moved to a position, between the two lists of positions: the rest belongs to neither. */
function torn({ before, positions, info }: Answers): Why | undefined {
  if (before === undefined) return undefined;
  const isolated = info.result.marginMode === "ISOLATED_MARGIN";
  const [first, last] = [before, positions].map(
    (lists) => new Map(heldIn(lists).map((row) => [`${row.symbol}:${SIDES[row.positionIdx]}`, stateOf(row, isolated)])),
  ) as [Map<string, string>, Map<string, string>];
  const position = [...new Set([...first.keys(), ...last.keys()])].find((each) => first.get(each) !== last.get(each));
  if (position === undefined) return undefined;
  return why("bybit/torn-reading", {
    position,
    before: first.get(position) ?? "none",
    after: last.get(position) ?? "none",
    next: "read again",
  });
}

const stateOf = (
  { side, size, avgPrice, entryPrice, leverage, positionBalance }: VenuePosition,
  isolated: boolean,
): string => {
  const parts = [size, avgPrice ?? entryPrice, leverage, ...(isolated ? [positionBalance] : [])];
  return [side, ...parts.map((each) => (each === undefined ? "" : text(trim(each))))].join(" ");
};
