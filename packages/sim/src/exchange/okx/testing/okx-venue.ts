import type { RunningExchange } from "@plimsoll/sim/exchange";
import { type OkxKey, type OkxOptions, startOkx } from "@plimsoll/sim/exchange/okx";
import { okxClient } from "@plimsoll/venues/okx";
import { refusalCode, keyOf as named, openSmall } from "@plimsoll/sim/exchange/testing";

export type OkxClient = Awaited<ReturnType<typeof okxClient>>;
export const BTC = "BTC/USDT:USDT";
export const BTC_ID = "BTC-USDT-SWAP";
export const keyOf = (account: string): OkxKey => ({ ...named(account), passphrase: `${account}-passphrase` });

/** A small venue that speaks this protocol. */
export const openOkx = (accounts: readonly string[], options: Partial<OkxOptions> = {}): Promise<RunningExchange> =>
  openSmall(startOkx, accounts.map(keyOf), options);

/** The real client of an account, on the venue's clock, with its markets. */
export async function clientOf(running: RunningExchange, account: string): Promise<OkxClient> {
  const client = await okxClient({ ...keyOf(account), localPort: running.port, clock: () => running.exchange.now() });
  await client.loadMarkets();
  return client;
}

/** The venue's code of a refusal: of the row before that of the call. */
export const codeOf = refusalCode(/"sCode":\s*"(\d+)"/, /"code":\s*"(\d+)"/);
