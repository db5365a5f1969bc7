import type { Account, Change, Frame, PricePoint, Scenery } from "@plimsoll/server/contract";

/** One reading of a price with the account's boundaries at that time: what the chart draws. */
export interface TrailPoint {
  readonly quote: string;
  readonly at: number;
  readonly now: string;
  /** Where the price alone takes the account. */
  readonly alone?: string;
  /** Where it stands when a common move, nearer than any price alone, takes the account. */
  readonly together?: string;
}

/** Everything the page knows, and when it last heard of it. */
export interface LiveState {
  readonly link: "connecting" | "open" | "closed" | "refused";
  readonly session?: string;
  readonly seq: number;
  readonly scenery?: Scenery;
  readonly staleAfterMs: number;
  readonly heartbeatMs: number;
  /** The page's clock at the last frame, and how long the source had then been silent. */
  readonly heardAt: number;
  readonly quietMs: number;
  /** Deltas that the server could not deliver to this reader. */
  readonly dropped: number;
  /** A price and its boundaries over time, by account. */
  readonly trails: Readonly<Record<string, readonly TrailPoint[]>>;
}

export const atStart = (now: number): LiveState => ({
  link: "connecting",
  seq: 0,
  staleAfterMs: 10_000,
  heartbeatMs: 2_000,
  heardAt: now,
  quietMs: 0,
  dropped: 0,
  trails: {},
});

/** Folds one frame in; `now` is the page's clock. A delta out of order is refused by asking for everything again: undefined. */
export function applyFrame(state: LiveState, frame: Frame, now: number): LiveState | undefined {
  const heard = { ...state, link: "open" as const, heardAt: now, quietMs: frame.quietMs };
  switch (frame.type) {
    case "snapshot": {
      const { session, seq, scenery, staleAfterMs, heartbeatMs } = frame;
      const trails = state.session === session ? state.trails : {};
      return { ...heard, session, seq, scenery, staleAfterMs, heartbeatMs, trails: grow(trails, scenery) };
    }
    case "delta": {
      if (state.scenery === undefined || frame.seq !== state.seq + 1) return undefined;
      const scenery = applyChange(state.scenery, frame.change);
      return { ...heard, seq: frame.seq, scenery, trails: grow(state.trails, scenery) };
    }
    case "heartbeat":
      return frame.seq === state.seq ? heard : undefined;
    case "dropped":
      return { ...heard, dropped: state.dropped + frame.frames };
  }
}

const RECENT = 200;

/** The scenery after a change: accounts in the order given, everything not named as before. */
export function applyChange(scenery: Scenery, change: Change): Scenery {
  const { accounts, ...head } = scenery.book;
  const known = new Map([...accounts, ...change.accounts].map((account) => [account.key, account]));
  const order = change.order ?? accounts.map(({ key }) => key);
  return {
    ...scenery,
    book: {
      ...(change.head ?? head),
      accounts: order.map((key) => known.get(key)).filter((found) => found !== undefined),
    },
    ...(change.story && { story: change.story }),
    evidence: change.evidence ?? scenery.evidence,
    activity: [...change.activity.toReversed(), ...scenery.activity].slice(0, RECENT),
  };
}

const TRAIL = 900;

/** Adds the present readings; another price, or a clock that went back (a story's second run), starts a trail anew. */
function grow(trails: LiveState["trails"], { book }: Scenery): LiveState["trails"] {
  const next: Record<string, readonly TrailPoint[]> = {};
  for (const account of book.accounts) {
    const point = trailPoint(account, book.at.ms);
    if (point === undefined) continue;
    const before = trails[account.key] ?? [];
    const last = before.at(-1);
    if (last === undefined || last.quote !== point.quote || last.at > point.at) next[account.key] = [point];
    else next[account.key] = last.at === point.at ? before : [...before.slice(-TRAIL), point];
  }
  return next;
}

/** The nearest price alone, or the first of those whose common move takes the account; undefined where no price does. */
function trailPoint({ liquidation }: Account, at: number): TrailPoint | undefined {
  const alone = nearestAlone(liquidation);
  const common = "together" in liquidation ? (liquidation.together?.points ?? []) : [];
  const shown = alone ?? common[0];
  if (shown === undefined) return undefined;
  const together = common.find(({ quote }) => quote === shown.quote);
  return {
    ...{ quote: shown.quote, at, now: shown.now },
    ...(alone && { alone: alone.price }),
    ...(together && { together: together.price }),
  };
}

function nearestAlone(liquidation: Account["liquidation"]): PricePoint | undefined {
  if (liquidation.is === "price") return liquidation.nearest;
  if (liquidation.is !== "both") return undefined;
  const { down, up } = liquidation;
  return Math.abs(Number(down.move)) <= Math.abs(Number(up.move)) ? down : up;
}
