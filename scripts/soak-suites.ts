import { readdirSync } from "node:fs";
import { join } from "node:path";
import { filesUnder, root } from "./run.ts";

/** What is run again and again with another seed: one vitest project over some files. */
export interface Suite {
  readonly name: string;
  readonly project: "unit" | "venue" | "chain";
  readonly files: readonly string[];
  /** Only the tests whose name has this in it. */
  readonly only?: string;
  /** Which environment variable says how long a walk is, and how long; absent for properties, which grow to fill their time. */
  readonly steps?: readonly [variable: string, count: number];
}

/** Engines beside what they model: contracts on a local chain, or a simulated exchange that imports no engine. */
const walks: readonly Suite[] = [
  { name: "aave-v3 r10, contracts", project: "chain", files: ["packages/venues/src/aave-v3/parity.chain.test.ts"] },
  {
    name: "aave-v3 v3.0, contracts",
    project: "chain",
    files: ["packages/venues/src/aave-v3/release-3.0.chain.test.ts"],
    only: "over random public calls",
  },
  {
    name: "morpho-blue, contract",
    project: "chain",
    files: ["packages/venues/src/morpho-blue/parity.chain.test.ts"],
    steps: ["PLIMSOLL_RUNS", 600],
  },
  {
    name: "compound-v3, our ledger in an EVM",
    project: "chain",
    files: ["packages/venues/src/compound-v3/feed.chain.test.ts"],
    only: "random actions",
    steps: ["PLIMSOLL_RUNS", 400],
  },
  {
    name: "binance, simulated exchange",
    project: "venue",
    files: ["packages/sim/src/exchange/binance/random-orders.venue.test.ts"],
    steps: ["PLIMSOLL_ORDERS", 5_000],
  },
];

/** The unit tests of a folder in which something is drawn at random: conformance of form and engine, references, fuzzed readers. */
function propertiesOf(folder: string): readonly Suite[] {
  const files = filesUnder(join(root, folder))
    .map((path) => path.slice(root.length + 1))
    .filter((path) => /\.test\.ts$/.test(path) && !/\.(chain|venue|db|keeper|browser)\.test\.ts$/.test(path));
  return files.length === 0 ? [] : [{ name: folder.replace(/^packages\/|src\//g, ""), project: "unit", files }];
}

const venues = readdirSync(join(root, "packages/venues/src"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `packages/venues/src/${name}`)
  .toSorted();

export const suites: readonly Suite[] = [
  ...walks,
  ...[...venues, "packages/core/src/margin", "packages/core/src/math", "packages/core/src/turn"].flatMap(propertiesOf),
];
