import type { ApiKey } from "@plimsoll/sim/exchange";

/** A key that is bound to no address ends after this long. @source bybit-exchange.github.io/docs/v5/user/apikey-info */
const LIFE_MS = 90 * 86_400_000;

/** GET v5/user/query-api; `readOnly` 1 forbids whatever the lists name. */
export const keyPayload = ({ key, account, trade = true, withdraw = false }: ApiKey, createdAt: number) => ({
  id: "1",
  note: account,
  apiKey: key,
  secret: "",
  readOnly: trade || withdraw ? 0 : 1,
  permissions: {
    ContractTrade: trade ? ["Order", "Position"] : [],
    Spot: [],
    Wallet: withdraw ? ["Withdraw"] : [],
    Options: [],
    Derivatives: trade ? ["DerivativesTrade"] : [],
    Exchange: [],
    Earn: [],
  },
  ips: ["*"],
  type: 1,
  deadlineDay: LIFE_MS / 86_400_000,
  expiredAt: new Date(createdAt + LIFE_MS).toISOString(),
  createdAt: new Date(createdAt).toISOString(),
  unified: 0,
  uta: 1,
  userID: 1,
  isMaster: true,
});
