import type { Actor, Hastened, Prepared, Reply } from "@plimsoll/core/book";
import {
  type Exact,
  type HoldingId,
  type Ms,
  type Result,
  type Why,
  canonical,
  fail,
  ok,
  why,
} from "@plimsoll/core/units";
import type { Counters } from "./counters.ts";
import { type PrepareRequest, type RulesRequest, type SealedRequest, idOf, readRequest } from "./grammar.ts";
import { mayPrepare } from "./may-prepare.ts";
import { type SignerRules, limitsIn } from "./rules.ts";
import type { Seal, Sealed } from "./seal.ts";

/** One holding that a signer acts for: the actor holds its keys, the rules say for what. */
export interface SignerAccount {
  readonly actor: Actor;
  readonly rules: SignerRules;
}

export interface SignerPorts {
  readonly accounts: ReadonlyMap<HoldingId, SignerAccount>;
  readonly counters: Counters;
  readonly seal: Seal;
  readonly clock: () => Ms;
}

/** What of a day's limit is taken. */
export interface Spent {
  readonly what: string;
  readonly amount: Exact;
}

/** What a signer answers; `refused` where the request itself is, before any actor saw it. */
export type Answer =
  | { readonly id: number; readonly prepared: Result<Prepared & { readonly seal: string }, Why> }
  | { readonly id: number; readonly reply: Reply }
  | { readonly id: number; readonly hastened: Hastened }
  | { readonly id: number; readonly rules: SignerRules; readonly spent: readonly Spent[] }
  | { readonly id: number; readonly refused: Why };

/** Answers one line with one line: reads it by the grammar, judges it by the rules, counts it on the disk, and only then acts. */
export async function answerLine(ports: SignerPorts, line: string): Promise<string> {
  const request = readRequest(line);
  if (!request.ok) return written({ id: idOf(line), refused: request.failure });
  const { id } = request.value;
  try {
    if (request.value.call === "rules") return written(sayRules(ports, request.value));
    return written(
      request.value.call === "prepare" ? await prepare(ports, request.value) : await carry(ports, request.value),
    );
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return written({ id, refused: why("signer/broke", { detail, next: "this is a bug: report it" }) });
  }
}

const written = (answer: Answer): string => canonical(answer);

async function prepare({ accounts, counters, seal, clock }: SignerPorts, request: PrepareRequest): Promise<Answer> {
  const { id, key, holding, action, feeCap } = request;
  const account = accounts.get(holding.id);
  if (account === undefined) return { id, refused: stranger(holding.id) };
  const may = mayPrepare(account.rules, counters, key, action, clock());
  if (!may.ok) return { id, prepared: may };
  const made = await account.actor.prepare(key, holding, action, feeCap === undefined ? {} : { feeCap });
  if (!made.ok) return { id, prepared: fail(made.failure) };
  const sealed: Sealed = { holding: holding.id, key, ...made.value };
  return { id, prepared: ok({ ...made.value, seal: seal.of(sealed) }) };
}

/** Says what may be signed for a holding; nothing is touched. */
function sayRules({ accounts, counters, clock }: SignerPorts, { id, holding }: RulesRequest): Answer {
  const account = accounts.get(holding);
  if (account === undefined) return { id, refused: stranger(holding) };
  const { rules } = account;
  const spent = limitsIn(rules).map((what) => ({ what, amount: counters.spent(holding, what, clock()) }));
  return { id, rules, spent };
}

/** Sends, asks after or hastens a message that carries this signer's seal, as it was made. */
async function carry({ accounts, counters, seal, clock }: SignerPorts, request: SealedRequest): Promise<Answer> {
  const { id, call, holding, key, reference, wire } = request;
  const account = accounts.get(holding);
  if (account === undefined) return { id, refused: stranger(holding) };
  if (!seal.fits({ holding, key, reference, wire }, request.seal)) return { id, refused: foreign(reference) };
  const prepared: Prepared = { reference, wire };
  if (call === "query") return { id, reply: await account.actor.query(prepared) };
  if (call === "hasten") return { id, hastened: (await account.actor.hasten?.(prepared)) ?? { is: "waits" } };
  const leaves = counters.leave(key, holding, clock());
  return { id, reply: leaves.ok ? await account.actor.send(prepared) : { is: "refused", why: leaves.failure } };
}

const stranger = (holding: string): Why =>
  why("signer/no-such-holding", { holding, next: "the signer has no keys and no rules for it" });
const foreign = (reference: string): Why =>
  why("signer/not-sealed", { reference, next: "it was not made by this signer: prepare it here" });
