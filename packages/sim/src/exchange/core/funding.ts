import { divide } from "@plimsoll/core/units";
import { ONE } from "./fixed.ts";
import type { Account, Market, Position } from "./state.ts";
import { type Turn, VENUE, accountOf, isUser, tell } from "./turn.ts";
import { credit, positionKey, recordIncome, settingsOf } from "./wallet.ts";

/** Distance between premium and interest that counts in full: 0.05 %. @source Binance funding FAQ */
const CLAMP = ONE / 2_000n;
const EIGHT_HOURS_MS = 28_800_000n;

const clamp = (value: bigint, low: bigint, high: bigint): bigint => (value < low ? low : value > high ? high : value);

/** Adds the premium that has held since the last sample; later moments weigh more, linearly. */
export function samplePremium(market: Market, now: number): void {
  const { funding } = market;
  const [from, until] = [BigInt(funding.sampledAt - funding.since), BigInt(now - funding.since)];
  const basis = market.basis.at(-1)?.value ?? 0n;
  const weight = until * until - from * from;
  funding.sum += divide(basis * ONE * weight, market.index, "floor");
  funding.weight += weight;
  funding.sampledAt = now;
}

/**
 * Rate that a settlement now would use, 1e-8: (average premium + clamp(interest - premium, +-0.05 %)) / (8 h / interval),
 * within the symbol's floor and cap.
 * @source Binance funding FAQ, rule since 2025-09-18
 */
export function fundingRate(market: Market): bigint {
  const { everyMs, cap, floor, interest } = market.instrument.funding;
  const { sum, weight } = market.funding;
  const premium = weight === 0n ? 0n : divide(sum, weight, "floor");
  const daily = premium + clamp(interest - premium, -CLAMP, CLAMP);
  return clamp(divide(daily * BigInt(everyMs), EIGHT_HOURS_MS, "floor"), floor, cap);
}

/** Settles funding when its moment has come: position at mark times rate; a positive rate is paid by longs. */
export function settleFunding(turn: Turn, market: Market): void {
  const { instrument, funding } = market;
  if (turn.now < funding.nextAt) return;
  const rate = fundingRate(market);
  for (const account of turn.state.accounts.values())
    for (const position of account.positions.values())
      if (position.symbol === instrument.symbol) payFunding(turn, market, account, position, rate);
  funding.lastRate = rate;
  while (funding.nextAt <= turn.now) funding.nextAt += instrument.funding.everyMs;
  [funding.since, funding.sampledAt, funding.sum, funding.weight] = [turn.now, turn.now, 0n, 0n];
  tell(turn, { type: "funding", symbol: instrument.symbol, rate });
}

/** The payer pays the fraction of a unit, the receiver does not get it: the venue keeps it, so nothing is lost. */
function payFunding(turn: Turn, market: Market, account: Account, position: Position, rate: bigint): void {
  const { quote, symbol } = market.instrument;
  const amount = -divide(position.size * market.mark * rate, ONE * ONE, "ceil");
  if (amount === 0n) return;
  const isolated = isUser(account.id) && settingsOf(account, symbol).margin === "isolated";
  if (isolated) position.isolated += amount;
  else credit(account, quote, amount);
  credit(accountOf(turn, VENUE), quote, -amount);
  if (!isUser(account.id)) return;
  recordIncome(turn, account.id, "FUNDING_FEE", quote, symbol, amount);
  // the venue names the position only when its isolated wallet changed
  tell(turn, {
    type: "account",
    account: account.id,
    reason: "FUNDING_FEE",
    assets: [quote],
    positions: isolated ? [positionKey(symbol, position.side)] : [],
  });
}
