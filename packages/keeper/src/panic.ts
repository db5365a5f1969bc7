import type { Action, Actor, Holding, Prepared, Reply } from "@plimsoll/core/book";
import type { Exact } from "@plimsoll/core/units";
import type { Connection } from "./connection.ts";
import { type LookPorts, type Residual, look, residuals } from "./panic-sight.ts";
import { type PanicStep, tellWork, workIn } from "./panic-work.ts";

export interface PanicPorts extends LookPorts {
  readonly connections: readonly Connection[];
  /** Names this panic: its orders carry keys made from it, one for each pass, so that none goes twice under one key. */
  readonly run: string;
  /** Furthest from the price that orders of each pass may go, as a share; as many passes as there are shares. */
  readonly slippages: readonly Exact[];
  readonly tell: (happened: PanicStep) => void;
}

/**
 * Brings every connected account as near to flat as its venue lets it: cancels orders that could add risk, keeps those that can only
 * reduce, closes positions by bounded reduce-only orders, pays debt from the wallet, reads again, and says what is left. It needs no
 * journal, no keeper and no guard, so it works beside a keeper that hangs; whatever that one sends can only reduce as well.
 * @returns what is left; empty when everything is flat.
 */
export async function panic(ports: PanicPorts): Promise<readonly Residual[]> {
  const left = await Promise.all(ports.connections.map((connection) => closeOut(ports, connection)));
  return left.flat();
}

/** What `panic` would do first; nothing is sent. */
export async function rehearsePanic(ports: PanicPorts): Promise<readonly Residual[]> {
  const seen = await Promise.all(ports.connections.map((connection) => look(ports, connection)));
  return seen.flatMap((sight) => {
    if (!sight.ok) return [sight.failure];
    tellWork(ports.tell, sight.value.holding.id, workIn(sight.value, ports.slippages[0]!));
    return residuals(sight.value);
  });
}

async function closeOut(ports: PanicPorts, connection: Connection): Promise<readonly Residual[]> {
  const { actor, holding } = connection;
  const say = (is: PanicStep["is"], words: string) => ports.tell({ holding, is, text: words });
  if (actor === undefined) {
    const seen = await look(ports, connection);
    say("cannot", "no trade key: nothing can be sent for this account");
    return seen.ok ? residuals(seen.value) : [seen.failure];
  }
  for (const [pass, slippage] of ports.slippages.entries()) {
    const seen = await look(ports, connection);
    if (!seen.ok) return [seen.failure];
    const work = workIn(seen.value, slippage);
    if (work.cancels.length + work.acts.length === 0) break;
    tellWork(ports.tell, holding, work);
    const key = (what: string) => `x${ports.run}${what}`;
    const cancels = work.cancels.map(({ order }, at): [string, Action] => [
      key(`c${pass}i${at}`),
      { do: "cancel", order },
    ]);
    const acts = work.acts.map(({ action }, at): [string, Action] => [key(`a${pass}i${at}`), action]);
    for (const [id, action] of [...cancels, ...acts]) {
      const reply = await carryOut(ports, actor, seen.value.holding, id, action);
      if (reply.is !== "done") say("answers", sayReply(reply));
    }
  }
  const last = await look(ports, connection);
  return last.ok ? residuals(last.value) : [last.failure];
}

const sayReply = (reply: Reply): string =>
  "why" in reply ? `${reply.is}: ${reply.why.code} ${reply.why.facts["detail"] ?? ""}`.trim() : reply.is;

/** How often a message is asked about, and how long between. */
const QUESTIONS = 10;
const POLL_MS = 300;

/** Sends one message and waits a short while for its end; what stays unclear the next reading shows. */
async function carryOut(
  ports: PanicPorts,
  actor: Actor,
  holding: Holding,
  key: string,
  action: Action,
): Promise<Reply> {
  const made = await actor.prepare(key, holding, action);
  if (!made.ok) return { is: "refused", why: made.failure };
  const reply = await actor.send(made.value);
  return isOver(reply) ? reply : settle(ports, actor, made.value, reply);
}

async function settle(ports: PanicPorts, actor: Actor, prepared: Prepared, first: Reply): Promise<Reply> {
  let reply = first;
  for (let asked = 0; asked < QUESTIONS && !isOver(reply); asked++) {
    await ports.timers.sleep(POLL_MS);
    reply = await actor.query(prepared);
  }
  return reply;
}

const isOver = ({ is }: Reply): boolean => is === "done" || is === "refused" || is === "expired" || is === "not-found";
