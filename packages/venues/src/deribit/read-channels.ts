import type { Client } from "./transport.ts";

interface Socket {
  resolve(message: unknown, hash: string): void;
  send(message: object): Promise<unknown>;
  readonly subscriptions: Record<string, unknown>;
}
interface Message {
  readonly method?: string;
  readonly params?: { readonly channel?: string; readonly type?: string };
}

/** What of an account is told without being asked: sums by currency, and what happens to orders, positions and trades. */
const ACCOUNT = ["user.portfolio.any", "user.changes.any.any.raw"];
const HEARTBEAT = "heartbeat";
/** The shortest that the venue takes. @source public/set_heartbeat */
const HEARTBEAT_SECONDS = 10;

/**
 * Gives every notification to whoever waits for its channel, and answers the venue's question whether we still listen: it
 * closes a connection that does not. ccxt knows few of the channels, and would end all that waits when another one speaks.
 */
export function routeChannels(client: Client): void {
  const routed = client as unknown as { handleMessage: (socket: Socket, message: unknown) => unknown };
  const handle = routed.handleMessage.bind(client);
  routed.handleMessage = (socket, message) => {
    const { method, params } = (message ?? {}) as Message;
    if (method === "subscription" && params?.channel !== undefined) return socket.resolve(params, params.channel);
    if (method !== HEARTBEAT) return handle(socket, message);
    if (params?.type === "test_request") socket.send(request(client, "public/test", {})).catch(() => {});
    return socket.resolve(params, HEARTBEAT);
  };
}

/** Waits for the next word about the account; opens the connection, signs in and subscribes where that is not done yet. */
export const followAccount = (client: Client): Promise<unknown> =>
  orClose(client, async () => {
    await signIn(client);
    const beat = request(client, "public/set_heartbeat", { interval: HEARTBEAT_SECONDS });
    await Promise.race([
      client.watch(address(client), HEARTBEAT, beat, HEARTBEAT),
      subscribe(client, "private/subscribe", ACCOUNT),
    ]);
  });

/** Waits for the next price; a channel that is new is subscribed to. */
export const followChannels = (client: Client, channels: readonly string[]): Promise<unknown> =>
  channels.length === 0
    ? client.sleep(1_000)
    : orClose(client, () => subscribe(client, "public/subscribe", [...channels]));

const subscribe = (client: Client, method: string, channels: string[]): Promise<unknown> =>
  client.watchMultiple(address(client), channels, request(client, method, { channels }), channels, true);

/** A sign-in lasts as long as the venue says with it; half of that time later it is made again. */
async function signIn(client: Client): Promise<void> {
  const said = (await client.authenticate()) as { usOut?: string; result?: { expires_in?: string } };
  const [at, lastsMs] = [Number(said.usOut) / 1_000, Number(said.result?.expires_in) * 1_000];
  if (!(client.nonce() > at + lastsMs / 2)) return;
  delete (client.client(address(client)) as unknown as Socket).subscriptions["authenticated"];
  await client.authenticate();
}

/** After a refusal nobody knows what of a connection is subscribed to: it is closed, and opened anew by who follows next. */
async function orClose<T>(client: Client, follow: () => Promise<T>): Promise<T> {
  try {
    return await follow();
  } catch (error) {
    await client.close();
    throw error;
  }
}

const address = (client: Client): string => (client.urls as unknown as { api: { ws: string } }).api.ws;

const request = (client: Client, method: string, params: object) => ({
  jsonrpc: "2.0",
  id: client.requestId(),
  method,
  params,
});
