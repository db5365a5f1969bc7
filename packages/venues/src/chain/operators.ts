import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type PublicClient, createPublicClient, custom } from "viem";
import { type Ask, QUORUM, confirmedBy } from "./confirmed-by.ts";
import { type ChainSource, ask, mainUrl, rpcClient } from "./rpc.ts";

/** How long an operator is waited for where the others can do without it. */
const spareMs = 3_000;

/** One address for each operator: two addresses at one host are one. */
function operatorsOf({ rpcUrls }: ChainSource): readonly string[] {
  const hosts = rpcUrls.map((url) => (URL.canParse(url) ? new URL(url).host : url));
  return rpcUrls.filter((_, place) => hosts.indexOf(hosts[place]!) === place);
}

/**
 * The client that state is read through. Several operators are all asked everything, and must confirm each other; what one
 * operator alone answers is taken as it is.
 */
export function readClient(source: ChainSource): PublicClient {
  const operators = operatorsOf(source);
  if (operators.length < QUORUM) return rpcClient(mainUrl(source));
  const patienceMs = operators.length > QUORUM ? spareMs : undefined;
  const asks = operators.map((url): Ask => rpcClient(url, patienceMs).request as Ask);
  return createPublicClient({ transport: custom({ request: confirmedBy(asks) }, { retryCount: 0 }), cacheTime: 0 });
}

/** A client for each operator. */
export const operatorClients = (source: ChainSource): readonly PublicClient[] =>
  operatorsOf(source).map((url) => rpcClient(url, spareMs));

/**
 * What each operator says of something that honest ones may see differently, such as what waits with them: as many answers as there are
 * operators who answered, at least two where there are two.
 */
export async function askEach<T>(
  what: string,
  clients: readonly PublicClient[],
  call: (client: PublicClient) => Promise<T>,
): Promise<Result<readonly T[], Why>> {
  const tried = await Promise.all(clients.map((client) => ask(what, () => call(client))));
  const answers = tried.flatMap((each) => (each.ok ? [each.value] : []));
  const silent = tried.find((each) => !each.ok);
  return silent === undefined || answers.length >= QUORUM ? ok(answers) : silent;
}

/** Whether what is read from a source may be acted on: two operators confirm it, or the one is the user's own node. */
export function checkOperators(source: ChainSource): Result<void, Why> {
  if (operatorsOf(source).length >= QUORUM || source.singleOperator === true) return ok(undefined);
  return fail(
    why("chain/one-operator", {
      detail: "one RPC operator is named: nobody confirms what it says, so nothing is sent on its word",
      next: "add an endpoint of another operator to rpc, or write singleOperator: true for a node of your own",
    }),
  );
}
