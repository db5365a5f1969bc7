import type { Action, Flow } from "@plimsoll/core/book";
import type { Guard, Remedy, Target } from "@plimsoll/core/policy";
import { type Exact, exact, multiply, text, trim } from "@plimsoll/core/units";
import { grouped, priceText } from "@plimsoll/server/display";

export const amount = (value: Exact | "all") => (value === "all" ? "all" : grouped(text(trim(value))));
export const percent = (share: Exact) => `${amount(multiply(share, exact(100n)))}%`;

/** What an action would do, with its size and bound. */
export function sayAction(action: Action): string {
  switch (action.do) {
    case "supply":
    case "repay":
    case "withdraw":
      return `${action.do} ${amount(action.amount)} ${action.asset}`;
    case "order": {
      const only = action.reduceOnly ? ", reduce only" : "";
      return `${action.side} ${amount(action.size)} ${action.instrument}${only}, limit ${priceText(text(action.limit))}`;
    }
    case "stop": {
      const { kind, when, at } = action.trigger;
      const bound = action.limit === undefined ? "at market" : `limit ${priceText(text(action.limit))}`;
      const wakes = `${kind} price ${when.replaceAll("-", " ")} ${priceText(text(at))}`;
      return `stop at the venue: ${action.side} ${amount(action.size)} ${action.instrument}, reduce only, ${bound}, ${wakes}`;
    }
    case "cancel":
      return `cancel order ${action.order}`;
    case "move-margin":
      return `move ${amount(action.amount)} ${action.asset} from ${action.from} to ${action.to}`;
  }
}

export function sayTarget(target: Target): string {
  switch (target.want) {
    case "health":
      return `health back at ${amount(target.at)}`;
    case "reduce":
      return `position reduced by ${percent(target.share)}`;
    case "match":
      return "cut to what the other leg is still worth";
    case "notice":
      return "only said";
    case "tighten":
      return "the account's other guards wait for nothing meanwhile";
  }
}

export function sayRemedy(remedy: Remedy): string {
  switch (remedy.use) {
    case "supply":
    case "repay":
      return `${remedy.use} at most ${amount(remedy.most)} ${remedy.asset}`;
    case "reduce":
      return `reduce ${remedy.instrument}, slippage at most ${percent(remedy.slippage)}`;
    case "close":
      return `close ${remedy.instrument}, slippage at most ${percent(remedy.slippage)}`;
    case "hedge":
      return `hedge with at most ${amount(remedy.most)} ${remedy.instrument} in ${remedy.holding}, slippage at most ${percent(remedy.slippage)}`;
    case "add-margin":
      return `add at most ${amount(remedy.most)} ${remedy.asset} of margin`;
  }
}

export const sayFlows = (flows: readonly Flow[]): string =>
  flows.map((flow) => `${amount(flow.amount)} ${flow.asset}`).join(", ");

/** The owner's name of a guard, or its id where it has none. */
export const nameOf = ({ id, name }: Guard): string => (name === "" ? id : name);
