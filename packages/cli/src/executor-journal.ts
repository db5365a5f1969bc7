import type { Prepared, Reply } from "@plimsoll/core/book";
import type { Lease, Store } from "@plimsoll/core/journal";
import { type Result, type Why, canonical, ms, ok, textOf, utf8 } from "@plimsoll/core/units";
import { openStore } from "@plimsoll/keeper";

const STREAM = "guardian-executor";
/** Nobody else writes the stream for this long after a word from us. */
const heldMs = ms(60_000);

/** What was meant to be done, written and synced before anything leaves. */
export interface Intended {
  readonly kind: "intended";
  readonly key: string;
  readonly policy: string;
  readonly owner: string;
  readonly call: string;
  readonly healthBefore: string;
  readonly healthAfter: string;
  readonly bounty: string;
  readonly prepared: Prepared;
}
/** What the chain said of it. */
interface Said {
  readonly kind: "said";
  readonly key: string;
  readonly reply: Reply;
}

/** An executor's own journal: another executor on the same folder is refused. */
export interface ExecutorJournal {
  /** Intents of which the journal does not know the end. */
  readonly open: readonly Intended[];
  write(entry: Intended | Said): Promise<Result<void, Why>>;
  close(): Promise<void>;
}

const isEnd = ({ is }: Reply): boolean => is === "done" || is === "refused" || is === "expired";

export async function openExecutorJournal(where: string, owner: string): Promise<Result<ExecutorJournal, Why>> {
  const opened = await openStore(where);
  if (!opened.ok) return opened;
  const store = opened.value;
  const lease = await store.lease(STREAM, owner, heldMs);
  if (!lease.ok) {
    await store.close();
    return lease;
  }
  const open = await readOpen(store);
  return ok({ open, ...writing(store, owner, lease.value, (await store.head(STREAM)).seq) });
}

function writing(store: Store, owner: string, first: Lease, from: bigint): Pick<ExecutorJournal, "write" | "close"> {
  let [lease, seq] = [first, from];
  return {
    write: async (entry) => {
      const renewed = await store.lease(STREAM, owner, heldMs);
      if (!renewed.ok) return renewed;
      lease = renewed.value;
      const bytes = utf8(canonical(entry));
      const written = await store.append(lease, seq, [{ onceKey: `${entry.key} ${seq}`, at: ms(Date.now()), bytes }]);
      if (!written.ok) return written;
      seq = written.value.seq;
      return ok(undefined);
    },
    close: async () => {
      await store.lease(STREAM, owner, ms(0));
      await store.close();
    },
  };
}

async function readOpen(store: Store): Promise<readonly Intended[]> {
  const open = new Map<string, Intended>();
  for await (const { bytes } of store.read(STREAM, 1n)) {
    const entry = JSON.parse(textOf(bytes)) as Intended | Said;
    if (entry.kind === "intended") open.set(entry.key, entry);
    else if (isEnd(entry.reply)) open.delete(entry.key);
  }
  return [...open.values()];
}
