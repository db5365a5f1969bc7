import {
  type Account,
  type Output,
  type PositionSide,
  type Simulation,
  accountOf,
  isUser,
  marketOf,
} from "@plimsoll/sim/exchange";
import { positionRow, walletPayload } from "./account-payload.ts";
import { executionRow, orderRow } from "./order-payload.ts";
import { type OwnOrder, ownConditionalOf, ownOrderOf } from "./own-order.ts";

export const PRIVATE_TOPICS = ["order", "execution", "position", "wallet"] as const;
export type PrivateTopic = (typeof PRIVATE_TOPICS)[number];
/** Rows of one topic for one account. */
export interface News {
  readonly account: string;
  readonly topic: PrivateTopic;
  readonly data: readonly unknown[];
}

/** What the outputs of one step say to each account: orders and executions as they were, wallet and positions as they are now. */
export function privateNews(simulation: Simulation, outputs: readonly Output[]): readonly News[] {
  const accounts = new Set(outputs.flatMap(ownersOf).filter(isUser));
  return [...accounts].flatMap((id) => {
    const own = outputs.filter((output) => ownersOf(output).includes(id));
    const rows: Record<PrivateTopic, readonly unknown[]> = {
      order: own.flatMap((output) => orderTold(simulation, output)).map((each) => orderRow(simulation, each)),
      execution: own.flatMap((output) =>
        output.type === "order" && output.trade !== undefined ? [executionRow(simulation, output.trade)] : [],
      ),
      ...accountRows(simulation, accountOf(simulation, id), own),
    };
    return PRIVATE_TOPICS.flatMap((topic) =>
      rows[topic].length === 0 ? [] : [{ account: id, topic, data: rows[topic] }],
    );
  });
}

function ownersOf(output: Output): readonly string[] {
  if (output.type === "order") return [output.order.account];
  if (output.type === "conditional") return [output.conditional.account];
  return output.type === "account" ? [output.account] : [];
}

/** A stop that has become an order is told as that order. */
function orderTold(simulation: Simulation, output: Output): readonly OwnOrder[] {
  if (output.type === "order") return [ownOrderOf(simulation, output.order)];
  if (output.type !== "conditional" || output.conditional.status === "FINISHED") return [];
  return [ownConditionalOf(simulation, output.conditional)];
}

function accountRows(simulation: Simulation, account: Account, outputs: readonly Output[]) {
  const changes = outputs.filter((output) => output.type === "account");
  const keys = new Set(changes.flatMap(({ positions }) => positions));
  return {
    wallet: changes.length === 0 ? [] : [walletPayload(simulation, account)],
    position: [...keys].map((key) => {
      const [symbol, side] = key.split(":") as [string, PositionSide];
      const { avgPrice: entryPrice, ...row } = positionRow(simulation, account, marketOf(simulation, symbol), side);
      return { ...row, entryPrice };
    }),
  };
}
