import { type Result, ok } from "@plimsoll/core/units";
import {
  type ApiKey,
  type Dialect,
  type ExchangeOptions,
  FrontServer,
  type RunningExchange,
  type Venue,
  type Written,
  answerNow,
  openVenue,
  runFront,
} from "@plimsoll/sim/exchange";
import { accountMethods } from "./account-methods.ts";
import type { Connection, Front, Method } from "./call.ts";
import { Credentials } from "./credentials.ts";
import { marketMethods } from "./market-methods.ts";
import { orderMethods } from "./order-methods.ts";
import { type DeribitError, FORBIDDEN, NO_METHOD, UNAUTHORIZED, refuse } from "./refusals.ts";
import { type DeribitRequest, type RpcCall, frameOf, readDeribitRequest } from "./request.ts";
import { Sockets } from "./sockets.ts";

const methods: Readonly<Record<string, Method>> = { ...marketMethods, ...accountMethods, ...orderMethods };

/** There is no leverage to set: initial margin is 2 % of every position. @source Deribit, margin of linear futures */
const LEVERAGE = 50;

/** Serves the simulated exchange over Deribit's JSON-RPC, by HTTP and WebSocket, on a free port of the loopback. */
export async function startDeribit(options: ExchangeOptions): Promise<RunningExchange> {
  const venue = openVenue(options);
  const { simulation, faults } = venue;
  for (const account of new Set(options.keys.map(({ account: name }) => name)))
    for (const symbol of simulation.state.markets.keys())
      simulation.run({ type: "leverage", account, symbol, leverage: LEVERAGE });
  const credentials = new Credentials(options.keys);
  const front: Front = { simulation, cancelOnDisconnect: new Set() };
  const ask = (call: RpcCall, key: ApiKey | undefined, connection?: Connection) =>
    answer(front, venue, call, key, connection);
  const server = new FrontServer(faults, dialectOf(front, credentials, ask));
  return runFront(venue, server, new Sockets(front, credentials, ask));
}

type Answered = Result<unknown, DeribitError>;
type AskHttp = (call: RpcCall, key: ApiKey | undefined) => Answered;

const dialectOf = (front: Front, credentials: Credentials, ask: AskHttp): Dialect<DeribitRequest> => ({
  read: readDeribitRequest,
  handle: (request) => written(front, request.id, overHttp(credentials, ask, request)),
  refuse: ({ status, code, msg }) => ({ ...written(front, undefined, refuse(code, msg)), status }),
});

/** Every refusal comes with HTTP status 400: the code in the body says it. @source seen in answers of its test network, March 2026 */
const written = ({ simulation }: Front, id: unknown, answered: Answered): Written => ({
  status: answered.ok ? 200 : 400,
  body: frameOf(id, answered.ok ? { result: answered.value } : { error: answered.failure }, simulation.now()),
});

function overHttp(credentials: Credentials, ask: AskHttp, request: DeribitRequest): Answered {
  if (request.rpc === "public/auth") {
    const signed = credentials.signIn(request.params);
    return signed.ok ? ok(signed.value.said) : signed;
  }
  const key = request.authorization === "" ? ok(undefined) : credentials.ofCall(request);
  return key.ok ? ask(request, key.value) : key;
}

function answer(
  front: Front,
  venue: Venue,
  { rpc, params }: RpcCall,
  key: ApiKey | undefined,
  connection: Connection | undefined,
): Answered {
  const method = methods[rpc];
  if (method === undefined) return NO_METHOD;
  if (method.needs !== "open" && key === undefined) return UNAUTHORIZED;
  if (method.needs === "trade" && key?.trade === false) return FORBIDDEN;
  return answerNow(venue, () => method.answer({ ...front, params, key, connection }));
}
