import type { Action, Resting } from "@plimsoll/core/book";
import { type AccountKey, type Exact, type HoldingId, type Why, isZero, text } from "@plimsoll/core/units";
import type { Sight } from "./panic-sight.ts";

/** One thing that was done, or would be. */
export interface PanicStep {
  readonly holding: HoldingId;
  readonly is: "cancels" | "keeps" | "closes" | "repays" | "answers" | "cannot";
  readonly text: string;
}

/** What a holding asks for. */
export interface Work {
  readonly cancels: readonly Resting[];
  readonly keeps: readonly Resting[];
  readonly acts: readonly { readonly action: Action; readonly text: string; readonly is: "closes" | "repays" }[];
  /** Accounts whose orders could not be read: nothing of theirs is cancelled. */
  readonly unread: readonly { readonly account: AccountKey; readonly why: Why }[];
}

/** Cancels what could add risk, closes every position, pays from the wallet what can be paid. */
export function workIn({ holding, engine, scene }: Sight, slippage: Exact): Work {
  const accounts = engine.accounts(holding);
  const orders = accounts.map((account) => ({ account, resting: engine.resting(holding, account, scene) }));
  const known = orders.flatMap(({ resting }) => (resting.is === "known" ? resting.value : []));
  const acts = accounts
    .flatMap((account) => engine.levers(holding, account, scene))
    .flatMap((lever) => {
      const { use, on, most } = lever;
      if (isZero(most) || (use !== "reduce" && use !== "repay")) return [];
      const is = use === "reduce" ? ("closes" as const) : ("repays" as const);
      return [{ action: lever.act(most, slippage), is, text: `${text(most)} ${on}` }];
    });
  return {
    cancels: known.filter(({ reduceOnly }) => !reduceOnly),
    keeps: known.filter(({ reduceOnly }) => reduceOnly),
    acts,
    unread: orders.flatMap(({ account, resting }) =>
      resting.is === "unknown" || resting.is === "stale" ? [{ account, why: resting.why }] : [],
    ),
  };
}

/** Says what will be done, order by order. */
export function tellWork(tell: (step: PanicStep) => void, id: HoldingId, { cancels, keeps, acts, unread }: Work): void {
  for (const order of cancels) tell({ holding: id, is: "cancels", text: sayOrder(order) });
  for (const order of keeps) tell({ holding: id, is: "keeps", text: sayOrder(order) });
  for (const { account, why: reason } of unread)
    tell({ holding: id, is: "cannot", text: `orders of ${account} were not read (${reason.code}): none is cancelled` });
  for (const act of acts) tell({ holding: id, is: act.is, text: act.text });
}

const sayOrder = ({ order, side, size, instrument, trigger }: Resting): string => {
  const amount = size === "all" ? "all" : text(size);
  const waits = trigger === undefined ? "" : `, waits for ${text(trigger.at)}`;
  return `order ${order}: ${side} ${amount} ${instrument}${waits}`;
};
