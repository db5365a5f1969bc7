import type { Account, Change, Frame, Scenery } from "@plimsoll/server/contract";

/** One reading of a price with the account's boundaries at that time: what the chart draws. */
export interface TrailPoint {
  readonly quote: string;
  readonly at: number;
  readonly now: string;
  readonly boundary: string;
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
  /** Nearest boundary and its price over time, by account. */
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
    const point = nearestPoint(account);
    if (point === undefined) continue;
    const { quote, now, price: boundary } = point;
    const reading = { quote, at: book.at.ms, now, boundary };
    const before = trails[account.key] ?? [];
    const last = before.at(-1);
    if (last === undefined || last.quote !== quote || last.at > reading.at) next[account.key] = [reading];
    else next[account.key] = last.at === reading.at ? before : [...before.slice(-TRAIL), reading];
  }
  return next;
}

function nearestPoint({ liquidation }: Account) {
  if (liquidation.is === "price") return liquidation.nearest;
  if (liquidation.is !== "both") return undefined;
  const { down, up } = liquidation;
  return Math.abs(Number(down.move)) <= Math.abs(Number(up.move)) ? down : up;
}
