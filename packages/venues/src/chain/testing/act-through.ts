import type { Action, Actor, Holding, Prepared, Reply } from "@plimsoll/core/book";

/** Prepares an action as a keeper does. @throws with the refusal where it is refused. */
export async function prepareBy(actor: Actor, key: string, holding: Holding, action: Action): Promise<Prepared> {
  const prepared = await actor.prepare(key, holding, action);
  if (!prepared.ok) throw new Error(JSON.stringify([action, prepared.failure]));
  return prepared.value;
}

/** Asks as a keeper does, until the answer is final. */
export async function settledBy(actor: Actor, prepared: Prepared): Promise<Reply> {
  for (let tries = 0; tries < 200; tries++) {
    const reply = await actor.query(prepared);
    if (reply.is !== "accepted") return reply;
  }
  throw new Error("still only accepted");
}

/** One action from its preparation to its end. */
export async function actThrough(actor: Actor, key: string, holding: Holding, action: Action): Promise<Reply> {
  const prepared = await prepareBy(actor, key, holding, action);
  await actor.send(prepared);
  return settledBy(actor, prepared);
}
