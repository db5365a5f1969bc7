import { type Result, fail, ok } from "@plimsoll/core/units";
import { type Input, type Market, printed, settingsOf } from "@plimsoll/sim/exchange";
import { type Action, type Answer, type Call, accountFor, marketsOf } from "./call.ts";
import { inVenueWords } from "./refusals.ts";

export const settingActions: Readonly<Record<string, Action>> = {
  updateLeverage,
  updateIsolatedMargin,
  scheduleCancel,
};

const DEFAULT = ok({ type: "default" });

function run({ simulation }: Call, input: Input): Result<void, string> {
  const result = simulation.run(input);
  return result.ok ? ok(undefined) : fail(inVenueWords(result.failure));
}

function onAsset(call: Call, answer: (market: Market) => Answer): Answer {
  const market = marketsOf(call)[Number(call.fields["asset"])];
  return market === undefined ? fail(`Invalid asset ${String(call.fields["asset"])}.`) : answer(market);
}

/** Leverage and margin mode of a coin together: both change or neither. */
function updateLeverage(call: Call): Answer {
  return onAsset(call, ({ instrument: { symbol } }) => {
    const account = accountFor(call);
    const before = settingsOf(account, symbol).margin;
    const margin = call.fields["isCross"] === false ? "isolated" : "cross";
    if (margin !== before) {
      const switched = run(call, { type: "margin", account: account.id, symbol, margin });
      if (!switched.ok) return switched;
    }
    const leverage = Number(call.fields["leverage"]);
    const set = run(call, { type: "leverage", account: account.id, symbol, leverage });
    if (set.ok) return DEFAULT;
    if (margin !== before) run(call, { type: "margin", account: account.id, symbol, margin: before });
    return set;
  });
}

/** `ntli` is money at six decimals, the exchange's has eight. */
const NTLI = 100n;

/** Into (positive) or out of an isolated position; `isBuy` says nothing where a coin has one position. */
function updateIsolatedMargin(call: Call): Answer {
  const { ntli } = call.fields;
  if (!Number.isSafeInteger(ntli) || ntli === 0) return fail("Invalid margin amount.");
  return onAsset(call, ({ instrument: { symbol } }) => {
    const amount = BigInt(ntli as number) * NTLI;
    const moved = run(call, { type: "move-margin", account: call.user, symbol, positionSide: "BOTH", amount });
    return moved.ok ? DEFAULT : moved;
  });
}

/** Money traded before a timer may be set, 1e-8. @source seen in an answer of the venue */
const VOLUME = 1_000_000_00000000n;

/** The dead man's switch is refused: below the volume in the venue's words, above it since it is not simulated. Taking one away is none. */
function scheduleCancel({ simulation, user, fields: { time } }: Call): Answer {
  if (time === undefined || time === null) return DEFAULT;
  const own = simulation.state.trades.filter(({ account }) => account === user);
  const traded = own.reduce((sum, { notional }) => sum + notional, 0n);
  if (traded >= VOLUME) return fail("Scheduled cancels are not simulated.");
  return fail(
    `Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $${printed(traded)}.`,
  );
}
