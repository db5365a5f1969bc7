import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Artifacts,
  compileOnce,
  entryOf,
  findPackage,
  settings,
  sha256,
  withLock,
} from "@plimsoll/contracts/compile";
import { toHex } from "viem";
import { type Bench, contracts, startBench, undone, unwrap } from "./bench.ts";
import { type Mutant, firstCoinbase, sleeping } from "./mutants.ts";
import { type Rule, rules } from "./rules.ts";

const folder = join(import.meta.dirname, "../../solidity");
const cache = join(import.meta.dirname, "../../../../.cache/chain");

async function readTexts(): Promise<Readonly<Record<string, string>>> {
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".sol")).toSorted();
  const read = async (path: string) =>
    [path.slice(0, -".sol".length), await readFile(join(folder, path), "utf8")] as const;
  return Object.fromEntries(await Promise.all(paths.map(read)));
}

/** Compiles copies of the sources in a folder of their own, or reads what an earlier run compiled. */
async function compileTexts(texts: Readonly<Record<string, string>>): Promise<Artifacts> {
  const place = await mkdtemp(join(tmpdir(), "mutants-"));
  try {
    for (const [path, text] of Object.entries(texts)) {
      await mkdir(dirname(join(place, path)), { recursive: true });
      await writeFile(join(place, `${path}.sol`), text);
    }
    const solc = unwrap(findPackage("solc")).folder;
    const job = {
      solc,
      sources: [["mutants/", `${place}/`]] as const,
      settings,
      entries: contracts.map(entryOf("mutants/")),
    };
    const file = join(cache, `mutants-${sha256(JSON.stringify([settings, texts])).slice(0, 16)}.json`);
    return unwrap(await withLock(join(cache, "mutants-lock"), () => compileOnce(job, file, () => {})));
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

export interface Mutation extends Mutant {
  /** The first rule that did not hold; none: the bound was not missed. */
  readonly killedBy: string | undefined;
}

/**
 * Takes one bound after another away from the guardian and looks whether a rule notices.
 * @param wanted which mutants, by place; all by default.
 * @param told of each as it is known.
 */
export async function scoreMutants(
  wanted: (place: number) => boolean = () => true,
  told: (scored: Mutation) => void = () => {},
): Promise<readonly Mutation[]> {
  const { texts, mutants } = sleeping(await readTexts());
  const artifacts = await compileTexts(texts);
  const scored: Mutation[] = [];
  let bench = await startBench(artifacts);
  try {
    const asleep = await firstBroken(bench, rules);
    if (asleep !== undefined) throw new Error(`with every mutant asleep this does not hold: ${asleep}`);
    for (let place = 0; place < mutants.length; place++) {
      if (!wanted(place)) continue;
      const killedBy = await awaken(bench, mutants[place]!, place);
      if (killedBy === lost) {
        await bench.world.chain.stop();
        bench = await startBench(artifacts);
        place -= 1;
        continue;
      }
      const one = { ...mutants[place]!, killedBy };
      scored.push(one);
      told(one);
    }
    return scored;
  } finally {
    await bench.world.chain.stop();
  }
}

async function awaken(bench: Bench, { hint }: Mutant, place: number): Promise<string | undefined> {
  const { chain } = bench.world;
  const likely = (rule: Rule) => (rule.name.includes(hint) ? 0 : 1);
  return undone(bench, async () => {
    await chain.rpc.request("anvil_setCoinbase", [toHex(firstCoinbase + place, { size: 20 })]);
    await chain.mine();
    return firstBroken(
      bench,
      rules.toSorted((one, other) => likely(one) - likely(other)),
    );
  });
}

/** A node that goes back and forth for long loses a transaction now and then: nothing is known then, and another one is asked. */
const lost = "the node lost a transaction";
const patienceMs = 20_000;

async function firstBroken(bench: Bench, among: readonly Rule[]): Promise<string | undefined> {
  for (const { name, run } of among) {
    const patience = sleep(patienceMs, lost, { ref: false });
    const held = undone(bench, () => run(bench)).then(
      () => undefined,
      () => name,
    );
    const broken = await Promise.race([held, patience]);
    if (broken !== undefined) return broken;
  }
  return undefined;
}
