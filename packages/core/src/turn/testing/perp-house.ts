import { createHash } from "node:crypto";
import type { Resting, VenueState } from "@plimsoll/core/book";
import type { Guard, StandingStop } from "@plimsoll/core/policy";
import {
  type PerpHolding,
  perpEngine,
  perpHolding,
  perpMark,
  perpTerms,
  perpVenue,
} from "@plimsoll/core/protection/testing";
import { type Decision, type Input, createTurn } from "@plimsoll/core/turn";
import { dec, holdingId, ms, text } from "@plimsoll/core/units";
import { toyGuard } from "./toy-guards.ts";

export const me = holdingId("perp:me");
export const follow: StandingStop = { instrument: "BTC", kind: "mark", place: { before: dec("0.05") } };
export const guardWith = (over: Partial<Guard> = {}): Guard =>
  toyGuard({
    ...{ id: "stop", name: "a stop that stays", scope: { holding: me }, ladder: [], stops: [follow] },
    target: { want: "notice" },
    trigger: { when: "health", line: "maintenance", below: dec("1.05"), release: dec("1.1"), urgent: dec("1.02") },
    ...over,
  });
/** Long one BTC from 10,000 with 2,000: taken at 8421.05; a stop 5 % before it lies at 8842.2. */
export const long = (orders: readonly Resting[] | "unread", cash = "2000"): PerpHolding => ({
  cash: dec(cash),
  positions: { BTC: { size: dec("1"), entry: dec("10000") } },
  ...(orders !== "unread" && { orders }),
});

/** A turn over one account of the dealer in perpetuals, fed by hand. */
export function house(guards: readonly Guard[]) {
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());
  const turn = createTurn({ engineOf: () => perpEngine, sha256 });
  let seq = 0n;
  const feed = (at: number, event: Input["event"]): readonly Decision[] => turn.turn({ seq: ++seq, at: ms(at), event });
  feed(0, { type: "terms", terms: perpTerms() });
  feed(0, { type: "policy", guards, reserves: [] });
  const price = (at: number, mark = "10000") =>
    feed(at, { type: "price", key: perpMark("BTC"), price: dec(mark), kind: "mark", at: ms(at) });
  return {
    ...{ turn, feed, price },
    ...{ me, mark: perpMark("BTC") },
    reads: (at: number, body: PerpHolding, mark?: string) => {
      price(at, mark);
      return feed(at, { type: "holding", holding: perpHolding(body, at) });
    },
    done: (at: number, key: string) =>
      feed(at, { type: "outcome", key, outcome: { state: "done", verified: "as-predicted" } }),
    orders: (at: number, state: VenueState) =>
      feed(at, { type: "venue-state", venue: perpVenue, of: "orders", state, at: ms(at) }),
  };
}
export const intents = (decisions: readonly Decision[]) =>
  decisions.flatMap((d) => (d.type === "intend" ? [d.intent] : []));
export const acts = (decisions: readonly Decision[]) =>
  intents(decisions).map(({ step: { action } }) =>
    action.do === "stop"
      ? `stop ${text(action.trigger.at)}`
      : action.do === "cancel"
        ? `cancel ${action.order}`
        : action.do === "order"
          ? `${action.side} ${text(action.size)} to ${text(action.limit)}`
          : action.do,
  );
export const alerts = (decisions: readonly Decision[]) =>
  decisions.flatMap((d) => (d.type === "alert" ? [d.why.code] : []));
