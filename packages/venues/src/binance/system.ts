import type { Result, VenueId, Why } from "@plimsoll/core/units";
import { type RawAccount, type ReadAccount, readAccount } from "./read-account.ts";
import type { Client, Wire } from "./transport.ts";
import { BINANCE, RULES } from "./written.ts";

/** What changes seldom about an account, as far as reading it needs. */
export interface ReadingRules {
  readonly mode: RawAccount["mode"];
  readonly funding: unknown;
}

/** A question to the venue, in the words of its endpoint. */
type Question = (client: Client) => Promise<unknown>;

/** One of the venue's futures systems as a feed sees it: its endpoints, and how their answers become an account. */
export interface System {
  readonly venue: VenueId;
  readonly rules: string;
  readonly time: Question;
  readonly info: Question;
  readonly brackets: Question;
  readonly dual: Question;
  /** Absent where there is no such mode. */
  readonly multiAssets?: Question;
  readonly funding: Question;
  readonly commission: (client: Client, symbol: string) => Promise<unknown>;
  readonly account: (wire: Wire, rules: ReadingRules) => Promise<Result<ReadAccount, Why>>;
}

/** USD-M. Weights are the venue's own. @source Binance USD-M documentation of each endpoint; all open orders at once cost 40. */
export const usdm: System = {
  venue: BINANCE,
  rules: RULES,
  time: (client) => client.fapiPublicGetTime(),
  info: (client) => client.fapiPublicGetExchangeInfo(),
  brackets: (client) => client.fapiPrivateGetLeverageBracket(),
  dual: (client) => client.fapiPrivateGetPositionSideDual(),
  multiAssets: (client) => client.fapiPrivateGetMultiAssetsMargin(),
  funding: (client) => client.fapiPublicGetFundingInfo(),
  commission: (client, symbol) => client.fapiPrivateGetCommissionRate({ symbol }),
  account: async (wire, { mode, funding }) => {
    const [account, positions, config, orders, conditionals, marks] = await Promise.all([
      wire.ask("account", (each) => each.fapiPrivateV3GetAccount(), 5),
      wire.ask("positionRisk", (each) => each.fapiPrivateV3GetPositionRisk(), 5),
      wire.ask("symbolConfig", (each) => each.fapiPrivateGetSymbolConfig(), 5),
      wire.ask("openOrders", (each) => each.fapiPrivateGetOpenOrders(), 40),
      wire.ask("openAlgoOrders", (each) => each.fapiPrivateGetOpenAlgoOrders(), 40),
      wire.ask("premiumIndex", (each) => each.fapiPublicGetPremiumIndex(), 10),
    ]);
    if (!account.ok) return account;
    if (!positions.ok) return positions;
    if (!config.ok) return config;
    if (!orders.ok) return orders;
    if (!conditionals.ok) return conditionals;
    if (!marks.ok) return marks;
    return readAccount({
      account: account.value,
      positions: positions.value,
      config: config.value,
      orders: orders.value,
      conditionals: conditionals.value,
      marks: marks.value,
      funding,
      mode,
    });
  },
};
