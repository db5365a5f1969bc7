import type { BookEvent } from "@plimsoll/core/book";
import { type HoldingId, type Ms, type Result, type Why, fail, ok, venueId, why } from "@plimsoll/core/units";
import { type ExchangeFeed, type KeyPermission, refuseWithdrawals, unsaid } from "@plimsoll/venues/wire";
import type { Exchange } from "ccxt";
import { checkClock } from "./clock-skew.ts";
import { spendingOf } from "./transport.ts";
import { type Stream, type StreamNews, watchStreams } from "./watch.ts";

/** Terms are read again every hour. */
export const TERMS_EVERY_MS = 3_600_000;

/** How one account is read at one exchange. */
export interface Reading {
  readonly venue: string;
  readonly client: Exchange;
  readonly holding: HoldingId;
  /** The venue's clock. */
  time(): Promise<Result<Ms, Why>>;
  permission(): Promise<KeyPermission>;
  /** One whole reading; fails with `VENUE/torn-reading` where its answers do not belong together. */
  read(now: Ms): Promise<Result<readonly BookEvent[], Why>>;
  /** Forgets answers that were kept, so that the next reading asks for all of them. */
  forget(): void;
  /** Assumptions that stand, by a name that takes no account and no price with it. */
  notices(): ReadonlyMap<string, Why>;
  readonly streams: readonly Stream[];
  readStream(message: unknown): Result<StreamNews, Why>;
}

const ATTEMPTS = 3;

/** Reads one account of an exchange: whole on each snapshot, changes from the sockets; keys that can withdraw are refused. */
export function exchangeFeed(reading: Reading): ExchangeFeed {
  const { venue, client, holding, streams } = reading;
  let permission = unsaid(venue, { detail: "the venue was not asked yet" });
  /** Notices that stand and were told: each is told once, and again only after it had ended. */
  let told: ReadonlySet<string> = new Set();

  const noticesWith = (warning: Why | undefined): readonly BookEvent[] => {
    const standing = new Map(reading.notices());
    if (permission.is === "unknown") standing.set(`${venue}:key-permission`, permission.why);
    if (warning !== undefined) standing.set(`${venue}:clock`, warning);
    const fresh = [...standing].filter(([what]) => !told.has(what));
    told = new Set(standing.keys());
    return fresh.map(([what, reason]): BookEvent => ({ type: "lost", what, why: reason }));
  };

  const readOnce = async (): Promise<Result<readonly BookEvent[], Why>> => {
    const sent = client.nonce();
    const now = await reading.time();
    if (!now.ok) return now;
    const clock = checkClock(venue, { sent, venue: now.value, received: client.nonce() });
    if (!clock.ok) return clock;
    const read = await reading.read(now.value);
    if (!read.ok) return read;
    return ok([...read.value, ...noticesWith(clock.value.warning), ...spentOn(reading, now.value)]);
  };

  const snapshot = async (): Promise<Result<readonly BookEvent[], Why>> => {
    if (permission.is === "unknown") permission = await reading.permission();
    const allowed = refuseWithdrawals(venue, permission);
    if (!allowed.ok) return allowed;
    let last: Result<readonly BookEvent[], Why> = fail(why(`${venue}/not-read`));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      last = await readOnce();
      if (last.ok || last.failure.code !== `${venue}/torn-reading`) break;
    }
    if (!last.ok) reading.forget();
    return last;
  };

  return {
    get permission() {
      return permission;
    },
    snapshot,
    watch: (on) =>
      watchStreams(
        { venue, client, holding, streams, readStream: (message) => reading.readStream(message), reread: snapshot },
        on,
      ),
  };
}

/** What reading took of the venue's limit: plans must not need more messages than it leaves. */
function spentOn({ venue, client, holding }: Reading, at: Ms): readonly BookEvent[] {
  const spending = spendingOf(client);
  return spending === undefined ? [] : [{ type: "rate-budget", venue: venueId(venue), holding, ...spending, at }];
}
