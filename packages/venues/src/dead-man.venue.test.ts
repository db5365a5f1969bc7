import { once } from "node:events";
import { fixed, listings } from "@plimsoll/sim/exchange";
import { startBybit } from "@plimsoll/sim/exchange/bybit";
import { perpetuals, startDeribit } from "@plimsoll/sim/exchange/deribit";
import { bybit, bybitClient } from "@plimsoll/venues/bybit";
import { deribit, deribitClient } from "@plimsoll/venues/deribit";
import { expect, test } from "vitest";
import { WebSocket } from "ws";

const login = { account: "me", key: "key", secret: "secret" };
const shared = { fund: new Map(), seed: 1n, startAt: Date.UTC(2026, 10, 22), keys: [login] };

test("deribit: the real client reads the account's setting, off and on", async () => {
  const name = perpetuals.BTC.symbol;
  const prices = new Map([[name, fixed("100000")]]);
  const running = await startDeribit({ ...shared, instruments: [perpetuals.BTC], prices });
  const client = await deribitClient({ ...login, localPort: running.port, clock: () => running.exchange.now() });
  expect(await deribit.exchange!.deadMan!(client)).toEqual({ is: "off" });

  const socket = new WebSocket(`ws://127.0.0.1:${running.port}/ws/api/v2`);
  await once(socket, "open");
  const call = async (method: string, params: object): Promise<unknown> => {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    const [answer] = (await once(socket, "message")) as [Buffer];
    return JSON.parse(answer.toString("utf8"));
  };
  const credentials = { grant_type: "client_credentials", client_id: login.key, client_secret: login.secret };
  expect(await call("public/auth", credentials)).toHaveProperty("result");
  expect(await call("private/enable_cancel_on_disconnect", { scope: "account" })).toMatchObject({ result: "ok" });
  expect(await deribit.exchange!.deadMan!(client)).toMatchObject({ is: "armed" });
  socket.close();
  await client.close();
  await running.stop();
});

test("bybit: the real client reads that nothing is set up; where the venue does not answer it is unknown", async () => {
  const prices = new Map([["BTCUSDT", fixed("100000")]]);
  const running = await startBybit({ ...shared, instruments: [listings.BTCUSDT], prices });
  const client = await bybitClient({ ...login, localPort: running.port, clock: () => running.exchange.now() });
  expect(await bybit.exchange!.deadMan!(client)).toEqual({ is: "off" });
  await running.stop();
  client.timeout = 300;
  expect(await bybit.exchange!.deadMan!(client)).toMatchObject({ is: "unknown" });
  await client.close();
});
