import { type OneOrder, isWaiting } from "@plimsoll/sim/exchange";
import { type Call, type Question, accountFor, marketsOf } from "./call.ts";
import { clearinghouseState } from "./account-payload.ts";
import { plain } from "./figures.ts";
import { SPOT_META, allMids, bookPayload, ctxPayload, metaPayload } from "./market-payload.ts";
import { fillRows, orderRow, orderWithStatus } from "./order-payload.ts";
import { cloidOf, oidOf, ownOrders } from "./own-order.ts";

/** The questions of the info endpoint, by their type. Other dexes than the first hold nothing. */
export const questions: ReadonlyMap<string, Question> = new Map(
  Object.entries({
    exchangeStatus: ({ simulation }: Call) => ({ time: simulation.now(), specialStatuses: null }),
    meta: (call: Call) => metaPayload(marketsOf(call)),
    allPerpMetas: (call: Call) => [metaPayload(marketsOf(call))],
    metaAndAssetCtxs: (call: Call) => [metaPayload(marketsOf(call)), marketsOf(call).map(ctxPayload)],
    allMids: (call: Call) => allMids(marketsOf(call)),
    perpDexs: () => [null],
    spotMeta: () => SPOT_META,
    spotMetaAndAssetCtxs: () => [SPOT_META, []],
    l2Book: bookOf,
    clearinghouseState: (call: Call) => clearinghouseState(call.simulation, accountFor(call)),
    spotClearinghouseState: () => ({ balances: [] }),
    userAbstraction: () => "disabled",
    userRole: roleOf,
    extraAgents: agentsOf,
    userFees: feesOf,
    openOrders: (call: Call) => waiting(call).map(orderRow).map(shortRow),
    frontendOpenOrders: (call: Call) => waiting(call).map(orderRow),
    historicalOrders: (call: Call) => ownOrders(call.simulation, call.user).map(orderWithStatus),
    orderStatus,
    userFills: (call: Call) => fillRows(call.simulation, call.user).toReversed(),
    userFillsByTime: fillsByTime,
  }),
);

const waiting = ({ simulation, user }: Call): readonly OneOrder[] => ownOrders(simulation, user).filter(isWaiting);

const shortRow = ({
  coin,
  side,
  limitPx,
  sz,
  oid,
  timestamp,
  origSz,
  reduceOnly,
  cloid,
}: ReturnType<typeof orderRow>) => ({
  coin,
  side,
  limitPx,
  sz,
  oid,
  timestamp,
  origSz,
  reduceOnly,
  cloid,
});

function bookOf({ simulation, fields }: Call): unknown {
  const market = simulation.state.markets.get(String(fields["coin"]));
  return market === undefined ? null : bookPayload(market, simulation.seed, simulation.now());
}

/** By `oid`, or as text by `cloid`, in any state. */
function orderStatus({ simulation, user, fields: { oid } }: Call): unknown {
  const own = ownOrders(simulation, user).find(
    (each) => oidOf(each) === oid || (oid !== null && cloidOf(each) === oid),
  );
  return own === undefined ? { status: "unknownOid" } : { status: "order", order: orderWithStatus(own) };
}

function fillsByTime({ simulation, user, fields: { startTime = 0, endTime } }: Call): unknown {
  const [from, to] = [Number(startTime), Number(endTime ?? Number.POSITIVE_INFINITY)];
  return fillRows(simulation, user).filter(({ time }) => time >= from && time <= to);
}

/** What an address is to the venue. @source hyperliquid.gitbook.io, query a user's role */
function roleOf({ simulation, keys, user }: Call): unknown {
  if (simulation.state.accounts.has(user)) return { role: "user" };
  const key = keys.get(user);
  return key === undefined ? { role: "missing" } : { role: "agent", data: { user: key.account.toLowerCase() } };
}

/** Approved agents are valid as long as the venue runs. */
function agentsOf({ keys, user }: Call): unknown {
  return [...keys]
    .filter(([address, { account }]) => account.toLowerCase() === user && address !== user)
    .map(([address]) => ({ name: "agent", address, validUntil: Number.MAX_SAFE_INTEGER }));
}

/** Rates of the first coin: the venue has one schedule for all. */
function feesOf(call: Call): unknown {
  const [market] = marketsOf(call);
  if (market === undefined) return null;
  const { takerFee, makerFee } = market.instrument;
  return { userCrossRate: plain(takerFee), userAddRate: plain(makerFee) };
}
