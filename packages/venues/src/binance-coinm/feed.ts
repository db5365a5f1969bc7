import { venueId } from "@plimsoll/core/units";
import { type Client, type System, binanceReading } from "@plimsoll/venues/binance";
import { exchangeFeed } from "@plimsoll/venues/exchange";
import type { ExchangeFeed, FeedSettings } from "@plimsoll/venues/wire";
import { readCoinmAccount } from "./read-account.ts";

/** Where USD-M has five answers about an account, COIN-M has four. @source Binance COIN-M documentation of each endpoint. */
const coinm: System = {
  venue: venueId("binance-coinm"),
  rules: "coinm-2025-09",
  time: (client) => client.dapiPublicGetTime(),
  info: (client) => client.dapiPublicGetExchangeInfo(),
  brackets: (client) => client.dapiPrivateV2GetLeverageBracket(),
  dual: (client) => client.dapiPrivateGetPositionSideDual(),
  funding: (client) => client.dapiPublicGetFundingInfo(),
  commission: (client, symbol) => client.dapiPrivateGetCommissionRate({ symbol }),
  account: async (wire, { mode, funding }) => {
    const [account, positions, orders, conditionals, marks] = await Promise.all([
      wire.ask("account", (each) => each.dapiPrivateGetAccount(), 5),
      wire.ask("positionRisk", (each) => each.dapiPrivateGetPositionRisk(), 1),
      wire.ask("openOrders", (each) => each.dapiPrivateGetOpenOrders(), 40),
      wire.ask("openAlgoOrders", (each) => each.dapiPrivateGetOpenAlgoOrders(), 40),
      wire.ask("premiumIndex", (each) => each.dapiPublicGetPremiumIndex(), 10),
    ]);
    if (!account.ok) return account;
    if (!positions.ok) return positions;
    if (!orders.ok) return orders;
    if (!conditionals.ok) return conditionals;
    if (!marks.ok) return marks;
    return readCoinmAccount({
      account: account.value,
      positions: positions.value,
      orders: orders.value,
      conditionals: conditionals.value,
      marks: marks.value,
      funding,
      dual: mode.dual,
    });
  },
};

/** The feed of one COIN-M account. */
export const coinmFeed = (client: Client, settings: FeedSettings): ExchangeFeed =>
  exchangeFeed(binanceReading(client, settings, coinm));
