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
    name: "a message that the venue does not know is sent again as it was",
    file: "keeper/src/execution/resolve.ts",
    from: `const shown = await readSlice(run);`,
    to: `if (!isLate(run)) return sendOnce(run, actor, last.action, last.against, last.slice);
  const shown = await readSlice(run);`,
  },
  {
    name: "a message that may still arrive is sent again",
    file: "keeper/src/execution/resolve.ts",
    from: `if (asked < settled)`,
    to: `if (asked < 0)`,
  },
  {
    name: "a message leaves before it is journaled",
    file: "keeper/src/execution/send.ts",
    from: `  await move(run, { state: "sent" }, [note]);
  if (isFrozen(run)) return move(run, { state: "ambiguous" });
  await applyReply(run, await actor.send(made.value), "send");`,
    to: `  const sent = actor.send(made.value);
  await move(run, { state: "sent" }, [note]);
  await applyReply(run, await sent, "send");`,
  },
  {
    name: "a process that stood still sends what it journaled before",
    file: "keeper/src/execution/send.ts",
    from: `if (isFrozen(run)) return move(run, { state: "ambiguous" });`,
    to: ``,
  },
  {
    name: "each slice is as large as the whole",
    file: "keeper/src/execution/slice.ts",
    from: `const left = subtract(whole.size, takenOf(run.track, sight, whole, now));`,
    to: `const left = whole.size;`,
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
    from: `asItActs(state.mode, want.guard).mode === mode);`,
    to: `want !== undefined && mode === "armed");`,
  },
  {
    name: "a halted house sends what it intended before",
    file: "core/src/turn/mode.ts",
    from: `mode === "armed" || (mode`,
    to: `mode === "armed" || mode === "halted" || (mode`,
  },
  {
    name: "what loosens is in force at once",
    file: "core/src/policy/change.ts",
    from: `if (from === undefined || fields.length === 0 || from.mode === "shadow") inForce.push(to);`,
    to: `if (from === undefined || fields.length >= 0) inForce.push(to);`,
  },
  {
    name: "the floor of a reserve is money like any other",
    file: "core/src/planner/purse.ts",
    from: `subtract(subtract(free.value, floor), `,
    to: `subtract(free.value, `,
  },
  {
    name: "money that was spent is still there",
    file: "core/src/turn/apply-outcome.ts",
    from: `if (!isSpent) state.spends.delete(key);`,
    to: `state.spends.delete(key);`,
  },
  {
    name: "an order that reduces may also open",
    file: "keeper/src/execution/slice.ts",
    from: `return cutToDepth(run, withinBand(run.track, live, lever), lever, now);`,
    to: `return { ...cutToDepth(run, withinBand(run.track, live, lever), lever, now), reduceOnly: false };`,
  },
  {
    name: "a stop goes before the one in its place lies there",
    file: "core/src/protection/propose-stops.ts",
    from: ` && !missing.some((position) => isFor(stop, position));`,
    to: `;`,
  },
  {
    name: "what lay there before a halt is thought to lie there after it",
    file: "core/src/turn/verify-resting.ts",
    from: `end === undefined || (end !== "lasts" && read > end)`,
    to: `end !== read`,
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
