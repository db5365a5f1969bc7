import { type Result, divide } from "@plimsoll/core/units";
import { ONE } from "./fixed.ts";
import { availableOf, figuresOf, scopesOf, tiersOf } from "./margin.ts";
import { largestNotional } from "./order-checks.ts";
import { absolute } from "./position.ts";
import type { Account, Market, PositionSide, Settings } from "./state.ts";
import { DONE, type Refusal, type Reply, type Turn, accountOf, refuse, tell } from "./turn.ts";
import { credit, positionKey, positionOf, settingsOf } from "./wallet.ts";

type Answer = Result<Reply, Refusal>;
const holds = (account: Account, symbol?: string): boolean =>
  [...account.positions.values()].some((position) => symbol === undefined || position.symbol === symbol);
const works = (markets: Iterable<Market>, account: Account): boolean =>
  [...markets].some(({ bids, asks }) => [...bids, ...asks].some((order) => order.account === account.id));

function touch(account: Account, symbol: string): Settings {
  const settings = { ...settingsOf(account, symbol) };
  account.settings.set(symbol, settings);
  return settings;
}

/** Leverage cannot rise beyond what the first tier allows, nor below what positions and free margin bear; isolated margin stays posted. */
export function setLeverage(turn: Turn, accountId: string, symbol: string, leverage: number): Answer {
  const market = turn.state.markets.get(symbol);
  if (market === undefined) return refuse(-1121, "Invalid symbol.");
  const account = accountOf(turn, accountId);
  const highest = tiersOf(account, market)[0]?.maxLeverage ?? 1;
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > highest)
    return refuse(-4028, `Leverage ${leverage} is not valid`);
  const cap = largestNotional(account, market, leverage);
  for (const position of account.positions.values())
    if (position.symbol === symbol && cap !== null && absolute(position.size) * market.mark > cap * ONE)
      return refuse(-2027, "Exceeded the maximum allowable position at current leverage.");
  const before = settingsOf(account, symbol).leverage;
  if (settingsOf(account, symbol).margin === "isolated" && leverage < before && holds(account, symbol))
    return refuse(-4161, "Leverage reduction is not supported in Isolated Margin Mode with open positions.");
  touch(account, symbol).leverage = leverage;
  if (leverage < before && availableOf(turn, account, market.instrument.quote) < 0n) {
    touch(account, symbol).leverage = before;
    return refuse(-2019, "Margin is insufficient.");
  }
  tell(turn, { type: "config", account: accountId, symbol, leverage });
  return DONE;
}

export function setMargin(turn: Turn, accountId: string, symbol: string, margin: Settings["margin"]): Answer {
  const market = turn.state.markets.get(symbol);
  if (market === undefined) return refuse(-1121, "Invalid symbol.");
  const account = accountOf(turn, accountId);
  if (settingsOf(account, symbol).margin === margin) return refuse(-4046, "No need to change margin type.");
  if (works([market], account)) return refuse(-4047, "Margin type cannot be changed if there exists open orders.");
  if (holds(account, symbol)) return refuse(-4048, "Margin type cannot be changed if there exists position.");
  touch(account, symbol).margin = margin;
  return DONE;
}

export function setHedge(turn: Turn, accountId: string, hedge: boolean): Answer {
  const account = accountOf(turn, accountId);
  if (account.hedge === hedge) return refuse(-4059, "No need to change position side.");
  if (works(turn.state.markets.values(), account))
    return refuse(-4067, "Position side cannot be changed if there exists open orders.");
  if (holds(account)) return refuse(-4068, "Position side cannot be changed if there exists position.");
  account.hedge = hedge;
  return DONE;
}

/** Moves money into (positive) or out of an isolated position; what is left inside must still carry the initial margin. */
export function moveMargin(turn: Turn, accountId: string, symbol: string, side: PositionSide, amount: bigint): Answer {
  const market = turn.state.markets.get(symbol);
  if (market === undefined) return refuse(-1121, "Invalid symbol.");
  const account = accountOf(turn, accountId);
  const { quote } = market.instrument;
  const position = positionOf(account, symbol, side);
  if (position === undefined) return refuse(-4054, "Cannot add position margin: position is 0.");
  if (settingsOf(account, symbol).margin !== "isolated")
    return refuse(-4056, "Only isolated position margin can be changed.");
  if (amount > 0n && availableOf(turn, account, quote) < amount) return refuse(-4050, "Cross balance insufficient.");
  if (amount < 0n && removable(turn, account, market, side) < -amount)
    return refuse(-4051, "Isolated balance insufficient.");
  position.isolated += amount;
  position.updatedAt = turn.now;
  credit(account, quote, -amount);
  turn.state.moves.push({ account: accountId, symbol, positionSide: side, asset: quote, amount, at: turn.now });
  tell(turn, {
    type: "account",
    account: accountId,
    reason: "MARGIN_TRANSFER",
    assets: [quote],
    positions: [positionKey(symbol, side)],
  });
  return DONE;
}

/** What may leave an isolated position: its margin balance, at most its wallet, above the initial margin at mark. */
function removable(turn: Turn, account: Account, market: Market, side: PositionSide): bigint {
  const position = positionOf(account, market.instrument.symbol, side);
  const scope = scopesOf(turn, account).find(({ name }) => name === positionKey(market.instrument.symbol, side));
  if (position === undefined || scope === undefined) return 0n;
  const equity = divide(figuresOf(turn, scope).equity, ONE, "floor");
  const { leverage } = settingsOf(account, market.instrument.symbol);
  const needed = divide(absolute(position.size) * market.mark, BigInt(leverage) * ONE, "up");
  return (equity < position.isolated ? equity : position.isolated) - needed;
}
