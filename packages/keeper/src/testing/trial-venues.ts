// The exchanges at which trials are held: how each is opened, and what its protocol and its rules call what a trial does.
import { type ExchangeOptions, type Instrument, type RunningExchange, listings } from "@plimsoll/sim/exchange";
import { startBinance } from "@plimsoll/sim/exchange/binance";
import { startBybit } from "@plimsoll/sim/exchange/bybit";
import { perpetuals, startDeribit } from "@plimsoll/sim/exchange/deribit";
import { coins, startHyperliquid } from "@plimsoll/sim/exchange/hyperliquid";
import { startOkx } from "@plimsoll/sim/exchange/okx";
import type { Life, VenueName } from "./life.ts";

type Login = Life["login"];
export interface TrialVenue {
  readonly start: (options: Omit<ExchangeOptions, "keys">) => Promise<RunningExchange>;
  /** The account, by the exchange's name. */
  readonly account: string;
  readonly login: Login;
  readonly listing: Instrument;
  /** By the venue's name. */
  readonly instrument: string;
  /** Of its prices the one that its rules follow and that may wake a stop. */
  readonly follows: "mark" | "index";
  /** Where a long of one coin, bought at 100,000 on about 10,000, has a health between 1.1 and 1.5. */
  readonly danger: string;
  /** The call that places an order, and the one that lets a stop lie there. */
  readonly order: string;
  readonly stop: string;
}

const [KEY, SECRET, PASSPHRASE] = ["me-key", "me-secret", "me-phrase"];
const keyed = { account: "me", login: { key: KEY, secret: SECRET } };
const key = { account: keyed.account, key: KEY, secret: SECRET };

/** An agent's key, 1, and the address of it; the owner is the address of key 2. */
const agent = {
  secret: `0x${"1".padStart(64, "0")}`,
  address: "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf",
  owner: "0x2b5ad5c4795c026514f8317c7a215e218dccd6cf",
};

export const trialVenues: Readonly<Record<VenueName, TrialVenue>> = {
  binance: {
    ...keyed,
    start: (options) => startBinance({ ...options, keys: [key] }),
    listing: listings.BTCUSDT,
    instrument: "BTCUSDT",
    follows: "mark",
    danger: "90500",
    order: "POST /fapi/v1/order",
    stop: "POST /fapi/v1/algoOrder",
  },
  bybit: {
    ...keyed,
    start: (options) => startBybit({ ...options, keys: [key] }),
    // that venue's margins hold the fee to close, the simulated exchange's do not
    listing: { ...listings.BTCUSDT, takerFee: 0n },
    instrument: "BTCUSDT",
    follows: "mark",
    danger: "90450",
    order: "POST /v5/order/create",
    stop: "POST /v5/order/create",
  },
  okx: {
    account: keyed.account,
    login: { ...keyed.login, passphrase: PASSPHRASE },
    start: (options) => startOkx({ ...options, keys: [{ ...key, passphrase: PASSPHRASE }] }),
    listing: listings.BTCUSDT,
    instrument: "BTC-USDT-SWAP",
    follows: "mark",
    danger: "90500",
    order: "POST /api/v5/trade/order",
    stop: "POST /api/v5/trade/order-algo",
  },
  hyperliquid: {
    account: agent.owner,
    login: { user: agent.owner, secret: agent.secret },
    start: (options) =>
      startHyperliquid({ ...options, keys: [{ account: agent.owner, key: agent.address, secret: "" }] }),
    listing: coins.BTC,
    instrument: "BTC",
    follows: "mark",
    danger: "91500",
    order: "POST /exchange/order",
    stop: "POST /exchange/order",
  },
  deribit: {
    ...keyed,
    start: (options) => startDeribit({ ...options, keys: [key] }),
    listing: perpetuals.BTC,
    instrument: perpetuals.BTC.symbol,
    follows: "index",
    danger: "91200",
    order: "GET /api/v2/private/sell",
    stop: "GET /api/v2/private/sell",
  },
};
