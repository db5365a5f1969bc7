import { maxOf, minOf, why } from "@plimsoll/core/units";
import { complaint } from "./complaint.ts";
import { Unconfirmed } from "./unconfirmed.ts";

/** How many operators must say the same before anything is decided by it; that one of them is away never lowers it. */
export const QUORUM = 2;
/** Blocks that the slowest operator may be behind. */
const longestLag = 2n;

export interface Request {
  readonly method: string;
  readonly params?: readonly unknown[];
}
/** Asks an endpoint; throws where it does not answer. */
export type Ask = (request: Request) => Promise<unknown>;

/**
 * Asks all operators the same: at least two must answer, and all that answer must say the same. What is asked of the latest block
 * is asked of the newest that all of them have, once they agree on its hash.
 * @throws Unconfirmed with `chain/operators-disagree` or `chain/second-operator-silent`; what one threw, where none answers.
 */
export function confirmedBy(operators: readonly Ask[]): Ask {
  const agreed = async (request: Request): Promise<unknown> => {
    const answers = await answersOf(operators, request);
    const said = new Set(answers.map((answer) => JSON.stringify(decisive(request.method, answer))));
    if (said.size === 1) return answers[0];
    throw disagreed(`RPC operators give ${said.size} different answers to ${request.method}`);
  };
  const head = async (): Promise<string> => {
    const heights = (await answersOf(operators, { method: "eth_blockNumber" })).map((height) =>
      BigInt(height as string),
    );
    const lowest = heights.reduce(minOf);
    const lag = heights.reduce(maxOf) - lowest;
    if (lag > longestLag)
      throw disagreed(`RPC operators are at blocks ${heights.join(" and ")}, more than ${longestLag} apart`);
    const number = `0x${lowest.toString(16)}`;
    await agreed({ method: "eth_getBlockByNumber", params: [number, false] });
    return number;
  };
  return async (request) => {
    if (request.method === "eth_blockNumber") return head();
    return agreed(asksLatest(request) ? at(await head(), request) : request);
  };
}

async function answersOf(operators: readonly Ask[], request: Request): Promise<readonly unknown[]> {
  const tried = await Promise.allSettled(operators.map((ask) => ask(request)));
  const answers = tried.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const [silent] = tried.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  if (answers.length >= QUORUM) return answers;
  if (answers.length === 0) throw silent;
  throw new Unconfirmed(
    why("chain/second-operator-silent", {
      detail: `only ${answers.length} of ${operators.length} RPC operators answered ${request.method}: ${complaint(silent)}`,
      next: "check every RPC endpoint, or name one more: nothing is decided until two operators say the same",
    }),
  );
}

const disagreed = (detail: string) =>
  new Unconfirmed(
    why("chain/operators-disagree", {
      detail,
      next: "find out which RPC operator is behind or wrong and replace it; nothing is decided meanwhile",
    }),
  );

const LATEST = "latest";
const asksLatest = ({ params = [] }: Request): boolean => params.some((each) => each === LATEST || isRange(each));

/** The same question of one block. */
const at = (block: string, { method, params = [] }: Request): Request => ({
  method,
  params: params.map((each) => (isRange(each) ? { ...each, toBlock: block } : each === LATEST ? block : each)),
});

/** A range of logs without an end. */
const isRange = (param: unknown): param is object =>
  typeof param === "object" && param !== null && "toBlock" in param && param.toBlock === LATEST;

/** What of an answer must be equal: nodes add different fields of their own to blocks and logs. */
function decisive(method: string, answer: unknown): unknown {
  if (method === "eth_getBlockByNumber") return only(["number", "hash", "parentHash", "baseFeePerGas"], answer);
  if (method === "eth_getTransactionReceipt" && isReceipt(answer))
    return [...only(["transactionHash", "blockHash", "status"], answer), ...answer.logs.map(ofLog)];
  return method === "eth_getLogs" && Array.isArray(answer) ? answer.map(ofLog) : answer;
}

const isReceipt = (answer: unknown): answer is { readonly logs: readonly unknown[] } =>
  typeof answer === "object" && answer !== null && "logs" in answer && Array.isArray(answer.logs);
const ofLog = (log: unknown) => only(["blockHash", "transactionHash", "logIndex", "address", "topics", "data"], log);

const only = (fields: readonly string[], answer: unknown): readonly unknown[] =>
  typeof answer === "object" && answer !== null
    ? fields.map((field) => (answer as Readonly<Record<string, unknown>>)[field])
    : [answer];
