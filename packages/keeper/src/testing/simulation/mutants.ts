import { registerHooks } from "node:module";

/** A bug that somebody could write: a part of a source file, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  /** Under `packages`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Bugs of which each loses, doubles, or wrongly makes or leaves out an action; the simulation must find every one. */
export const mutants: readonly Mutant[] = [
  {
    name: "a message of unknown fate is sent again without asking",
    file: "keeper/src/execution/resolve.ts",
    from: `if (reply.is !== "not-found") return applyReply(run, reply, "query");`,
    to: `if (reply.is !== "not-found" && reply.is !== "done" && reply.is !== "expired") return applyReply(run, reply, "query");`,
  },
  {
    name: "a message that may still arrive is sent again",
    file: "keeper/src/execution/resolve.ts",
    from: `if (asked < settled)`,
    to: `if (asked < 0)`,
  },
  {
    name: "every attempt goes under a key of its own",
    file: "keeper/src/execution/send.ts",
    from: `actor.prepare(keyOf(intent.key, slice),`,
    to: "actor.prepare(keyOf(intent.key, slice) + `t${sendings.length}`,",
  },
  {
    name: "a message leaves before it is journaled",
    file: "keeper/src/execution/send.ts",
    from: `  await move(run, { state: "sent" }, [note]);
  await applyReply(run, await actor.send(made.value), "send");`,
    to: `  const sent = actor.send(made.value);
  await move(run, { state: "sent" }, [note]);
  await applyReply(run, await sent, "send");`,
  },
  {
    name: "intents that were open at a restart are left alone",
    file: "keeper/src/run-keeper.ts",
    from: `[...recovered.tracks, `,
    to: `[`,
  },
  {
    name: "what is open on an account does not stop the next intent",
    file: "core/src/turn/watch-guards.ts",
    from: `if ([...open.values()].some(({ accounts }) => accounts.includes(id))) return true;`,
    to: ``,
  },
  {
    name: "a decision does not wait for a reading newer than what was done last",
    file: "core/src/turn/watch-guards.ts",
    from: `return end !== undefined && (facts.holdings.get(view.holding)?.asOf ?? 0) <= end;`,
    to: `return false;`,
  },
  {
    name: "guards act on data of any age",
    file: "core/src/policy/reading.ts",
    from: `if (ageMs <= bounds.maxAgeMs && ageMs >= -sighting.aheadMs) return undefined;`,
    to: `return undefined;`,
  },
  {
    name: "old prices are as good as new ones",
    file: "core/src/turn/look.ts",
    from: `if (ageMs <= limitMs) return undefined;`,
    to: `return undefined;`,
  },
  {
    name: "a guard waits for a confirmation that never ends",
    file: "core/src/policy/watch.ts",
    from: `case "met":`,
    to: `case "met":
      if (watch.since !== undefined) watch = { ...watch, since: now };`,
  },
  {
    name: "a shadow guard sends",
    file: "core/src/turn/decide.ts",
    from: `if (plan.mode === "armed" && step.after.length > 0) continue;
    if (plan.mode === "armed")`,
    to: `if (step.after.length > 0) continue;`,
  },
  {
    name: "a fenced-out process still writes",
    file: "keeper/src/store/plan-appends.ts",
    from: `if (!held.ok) return held;`,
    to: ``,
  },
  {
    name: "money that was spent is still there",
    file: "core/src/turn/apply-outcome.ts",
    from: `if (!isSpent) state.spends.delete(key);`,
    to: `state.spends.delete(key);`,
  },
  {
    name: "an order that reduces may also open",
    file: "core/src/margin/reduction.ts",
    from: `reduceOnly: true`,
    to: `reduceOnly: false`,
  },
];

/** Plants a bug in everything that is imported from now on. @throws where the source does not have the part any more. */
export function plant({ name, file, from, to }: Mutant): void {
  let isPlanted = false;
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/packages/${file}`)) return loaded;
      const { source: loadedSource = "" } = loaded;
      const source = typeof loadedSource === "string" ? loadedSource : new TextDecoder().decode(loadedSource);
      if (!source.includes(from)) throw new Error(`the bug "${name}" fits nowhere in ${file}: write it anew`);
      isPlanted = true;
      return { ...loaded, source: source.replace(from, () => to) };
    },
  });
  process.on("exit", () => {
    if (!isPlanted) console.error(`the bug "${name}" was never planted: ${file} is not imported`);
  });
}
