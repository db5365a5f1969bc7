import { divide } from "@plimsoll/core/units";
import { type Market, ONE, type Side, type Simulation, book, fixed, fundingRate, onStep } from "@plimsoll/sim/exchange";
import { SETTLE_COIN } from "./call.ts";
import { contractLot, contractSize, familyOf, inContracts, inFull, instIdOf } from "./contract.ts";

/** Largest order of any kind; the exchange has no limit of its own. */
const LARGEST = "100000000";
const LISTED_AT = "1573557408000";

/** GET public/instruments, one swap. */
export function instrumentRow({ instrument, mode }: Market) {
  const { base, quote, tick, tiers } = instrument;
  const lot = contractLot(instrument);
  return {
    instType: "SWAP",
    instId: instIdOf(instrument),
    instFamily: familyOf(instrument),
    uly: familyOf(instrument),
    baseCcy: "",
    quoteCcy: "",
    settleCcy: quote,
    ctType: "linear",
    ctVal: inFull(contractSize(instrument), 8),
    ctMult: "1",
    ctValCcy: base,
    tickSz: onStep(tick, tick),
    lotSz: onStep(lot, lot),
    minSz: onStep(lot, lot),
    lever: `${tiers[0]?.maxLeverage}`,
    maxLmtSz: LARGEST,
    maxMktSz: LARGEST,
    maxTriggerSz: LARGEST,
    maxStopSz: LARGEST,
    listTime: LISTED_AT,
    expTime: "",
    optType: "",
    stk: "",
    alias: "",
    ruleType: "normal",
    state: mode === "halted" ? "suspend" : "live",
  };
}

/** Money as contracts at a price, whole lots. */
function contractsFor({ instrument }: Market, money: bigint, price: bigint): bigint {
  const lot = contractLot(instrument);
  const contracts = (money * ONE * ONE) / (price * contractSize(instrument));
  return contracts - (contracts % lot);
}

/**
 * GET public/position-tiers, the rows of one family, counted in contracts at the price the exchange opened at.
 * @throws on a table without an end, which this venue does not print.
 */
export function tierRows(market: Market, openedAt: bigint) {
  const { instrument } = market;
  const lot = contractLot(instrument);
  const sized = (contracts: bigint): string => onStep(contracts, lot);
  return instrument.tiers.map(({ tier, floor, cap, rate, maxLeverage }) => {
    if (cap === null) throw new Error(`invariant broken: the tiers of ${instrument.symbol} have no end`);
    const above = contractsFor(market, floor, openedAt);
    return {
      uly: familyOf(instrument),
      instFamily: familyOf(instrument),
      instId: "",
      tier: `${tier}`,
      minSz: above === 0n ? "0" : sized(above + lot),
      maxSz: sized(contractsFor(market, cap, openedAt)),
      mmr: inFull(rate, 8),
      imr: inFull(divide(ONE, BigInt(maxLeverage), "half-even"), 8),
      maxLever: `${maxLeverage}`,
      optMgnFactor: "0",
      quoteMaxLoan: "",
      baseMaxLoan: "",
    };
  });
}

/** GET public/mark-price, one swap. */
export const markRow = ({ instrument, mark }: Market, now: number) => ({
  instType: "SWAP",
  instId: instIdOf(instrument),
  markPx: inFull(mark, 8),
  ts: `${now}`,
});

/** GET public/funding-rate, one swap: the next settlement and the one after it. */
export function fundingRow(market: Market, now: number) {
  const { instrument, funding } = market;
  return {
    instType: "SWAP",
    instId: instIdOf(instrument),
    method: "current_period",
    formulaType: "noRate",
    fundingRate: inFull(fundingRate(market), 8),
    nextFundingRate: "",
    fundingTime: `${funding.nextAt}`,
    nextFundingTime: `${funding.nextAt + instrument.funding.everyMs}`,
    minFundingRate: inFull(instrument.funding.floor, 8),
    maxFundingRate: inFull(instrument.funding.cap, 8),
    settFundingRate: inFull(funding.lastRate, 8),
    ts: `${now}`,
  };
}

/** GET market/index-tickers, every index: a coin's price in the quote coin is its price in USD, and the coin of settlement is one. */
export function indexRows({ state }: Pick<Simulation, "state">) {
  const rowOf = (instId: string, price: bigint) => ({ instId, idxPx: inFull(price, 8), ts: `${state.now}` });
  const markets = [...state.markets.values()];
  return [
    ...markets.map(({ instrument, index }) => rowOf(familyOf(instrument), index)),
    ...markets.map(({ instrument, index }) => rowOf(`${instrument.base}-USD`, index)),
    rowOf(`${SETTLE_COIN}-USD`, ONE),
  ];
}

/** Price and contracts of the levels that a taker of `side` meets, as the venue writes them. */
export function levels(market: Market, side: Side, seed: bigint) {
  const { instrument } = market;
  return book(market, side, seed).map(
    ([price, size]) => [price, inContracts(instrument, fixed(size)), "0", "1"] as const,
  );
}

/** GET market/ticker, one swap; statistics of a day are not simulated and left out. */
export function tickerRow(market: Market, seed: bigint, now: number) {
  const { instrument, last } = market;
  const [[bidPx, bidSz] = ["", "0"], [askPx, askSz] = ["", "0"]] = [
    levels(market, "sell", seed)[0],
    levels(market, "buy", seed)[0],
  ];
  return {
    instType: "SWAP",
    instId: instIdOf(instrument),
    last: onStep(last, instrument.tick),
    bidPx,
    bidSz,
    askPx,
    askSz,
    ts: `${now}`,
  };
}
