import type { Intent } from "@plimsoll/core/planner";
import type { Decision, Input, Turn } from "@plimsoll/core/turn";
import { type HoldingId, type Ms, type Why, ms, why } from "@plimsoll/core/units";
import type { Checkpoint } from "./execution/states.ts";
import type { Latest } from "./latest.ts";
import { BOOK_STREAM, type Ledger, LedgerLost, type NewFact, type Written } from "./ledger.ts";
import { type Decided, type Recovered, intentsOf, turnBroke } from "./recover.ts";
import type { Fact } from "./records.ts";
import { groupCommit } from "./store/group-commit.ts";

/** What arrives together and is written together: notes of the execution, and the event that the turn learns. */
export interface Arrival {
  readonly holding?: HoldingId;
  readonly notes?: readonly Exclude<Fact, { readonly kind: "input" }>[];
  readonly event?: Input["event"];
  /** More of the same reading follows at once. */
  readonly more?: true;
}

export interface LoopPorts {
  readonly ledger: Ledger;
  readonly turn: Turn;
  readonly latest: Latest;
  readonly clock: () => Ms;
  readonly checkpoint: Checkpoint;
  /** Called once the decision is durable. */
  readonly begin: (intent: Intent) => void;
  readonly changed: (written: readonly Written[]) => void;
  /** Called when nothing may be decided or sent any more. */
  readonly halt: (why: Why) => void;
}

export interface Loop {
  /** Resolves when an arrival, and what was decided on it, is durable. @throws LedgerLost, also after `close` */
  readonly submit: (arrival: Arrival) => Promise<void>;
  /** Takes nothing more; resolves when all that was taken is durable, so that a stream is not given away under a commit. */
  readonly close: () => Promise<void>;
}

/**
 * The turn loop: what arrives at one moment is journaled in one commit, then the turn decides, then the decisions are journaled,
 * and only then does anything follow from them.
 */
export function createLoop(ports: LoopPorts, after: Recovered): Loop {
  let { lastSeq: seq, lastAt } = after;

  const factsOf = ({ holding, notes = [], event, more }: Arrival, at: Ms): readonly NewFact[] => {
    const stream = holding === undefined ? BOOK_STREAM : `holding:${holding}`;
    const facts: readonly Fact[] =
      event === undefined
        ? notes
        : [...notes, { kind: "input", input: { seq: ++seq, at, ...(more && { more }), event } }];
    return facts.map((fact) => ({ stream, fact, ...onceKeyOf(fact) }));
  };

  const commit = async (group: readonly Arrival[]): Promise<readonly void[]> => {
    const at = ms(Math.max(lastAt, ports.clock()));
    lastAt = at;
    const written = await ports.ledger.append(
      group.flatMap((arrival) => factsOf(arrival, at)),
      at,
    );
    const decided = written.flatMap(({ record }) => (record.kind === "input" ? decide(ports, record.input) : []));
    const later = decided.length === 0 ? [] : await writeDecided(ports, decided, at);
    ports.changed([...written, ...later]);
    return group.map(() => undefined);
  };

  let broken: LedgerLost | undefined;
  const gather = groupCommit<Arrival, void>(async (group) => {
    if (broken !== undefined) throw broken;
    try {
      return await commit(group);
    } catch (error) {
      broken =
        error instanceof LedgerLost ? error : new LedgerLost(why("keeper/loop-broke", { detail: String(error) }));
      if (broken.why.code === "keeper/turn-broke") await noteHalt(ports.ledger, broken.why, lastAt);
      ports.halt(broken.why);
      throw broken;
    }
  });

  const taken = new Set<Promise<void>>();
  let isClosed = false;
  return {
    submit: async (arrival) => {
      if (isClosed) throw new LedgerLost(why("keeper/stopped", { next: "start the keeper again" }));
      const durable = gather(arrival);
      taken.add(durable);
      await durable.finally(() => taken.delete(durable));
    },
    close: async () => {
      isClosed = true;
      await Promise.allSettled(taken);
    },
  };
}

/** The journal's last word of a turn that broke; what the writing itself meets changes nothing any more. */
async function noteHalt(ledger: Ledger, { facts }: Why, at: Ms): Promise<void> {
  const fact: Fact = { kind: "halted", of: BigInt(facts["seq"] ?? 0), detail: facts["detail"] ?? "" };
  await ledger.append([{ stream: BOOK_STREAM, fact }], at).catch(() => undefined);
}

/** Writes decisions and lets their intents begin. */
export async function writeDecided(
  { ledger, checkpoint, begin }: Pick<LoopPorts, "ledger" | "checkpoint" | "begin">,
  decided: readonly Decided[],
  at: Ms,
): Promise<readonly Written[]> {
  if (decided.length === 0) return [];
  const intents = decided.flatMap(({ decisions }) => intentsOf(decisions));
  if (intents.length > 0) await checkpoint("none>intended:before");
  const facts = decided.map((fact) => ({ stream: BOOK_STREAM, fact, ...onceKeyOf(fact) }));
  const written = await ledger.append(facts, at);
  if (intents.length > 0) await checkpoint("none>intended:after");
  for (const intent of intents) begin(intent);
  return written;
}

function decide({ turn, latest }: LoopPorts, input: Input): readonly Decided[] {
  latest.apply(input.event);
  try {
    const decisions: readonly Decision[] = turn.turn(input);
    return decisions.length === 0 ? [] : [{ kind: "decided", of: input.seq, decisions, state: turn.hash() }];
  } catch (error) {
    throw new LedgerLost(turnBroke(input.seq, error));
  }
}

/** What must never be written twice, because acting on it twice would act twice. */
function onceKeyOf(fact: Fact): { readonly onceKey?: string } {
  if (fact.kind === "prepared") return { onceKey: `prepared ${fact.key} ${fact.attempt}` };
  if (fact.kind === "decided") return { onceKey: `decided ${fact.of}` };
  return {};
}
