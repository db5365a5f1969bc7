import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Artifacts, compileOnce, entryOf, settings, sha256 } from "@plimsoll/contracts/compile";
import type { Result, Why } from "@plimsoll/core/units";
import type { Dependencies } from "./dependencies.ts";

const aave = [
  "instances/PoolInstance",
  "instances/PoolConfiguratorInstance",
  "instances/ATokenInstance",
  "instances/VariableDebtTokenInstance",
  "protocol/configuration/PoolAddressesProvider",
  "protocol/configuration/ACLManager",
  "protocol/libraries/helpers/Errors",
  "protocol/libraries/logic/PoolLogic",
  "protocol/libraries/logic/SupplyLogic",
  "protocol/libraries/logic/BorrowLogic",
  "protocol/libraries/logic/LiquidationLogic",
  "protocol/libraries/logic/FlashLoanLogic",
  "protocol/libraries/logic/ConfiguratorLogic",
  "misc/DefaultReserveInterestRateStrategyV2",
  "misc/AaveOracle",
  "misc/PriceOracleSentinel",
  "mocks/oracle/SequencerOracle",
  "helpers/AaveProtocolDataProvider",
];
const own = ["PriceFeed", "Multicall", "FaucetToken", "FlashSeller", "Timelock"];

/** What decides the bytecode: compiler, settings, package versions and our own sources. */
export function artifactsKey({ versions, sources }: Dependencies): string {
  const folder = sources.find(([prefix]) => prefix === "plimsoll/")?.[1] ?? "";
  const texts = readdirSync(folder)
    .toSorted()
    .map((file) => readFileSync(join(folder, file), "utf8"));
  return sha256(JSON.stringify({ settings, aave, own, versions, texts })).slice(0, 16);
}

/**
 * Compiles the contracts of the market, or reads what an earlier run compiled. Call under the cache folder's lock.
 * @param progress told once a second while the compiler runs.
 */
export async function compileMarket(
  found: Dependencies,
  cacheFolder: string,
  progress: (line: string) => void,
): Promise<Result<Artifacts, Why>> {
  const entries = [...aave.map(entryOf("aave/")), ...own.map(entryOf("plimsoll/"))];
  const job = { solc: found.solc, sources: found.sources, settings, entries };
  const file = join(cacheFolder, `artifacts-${artifactsKey(found)}.json`);
  return compileOnce(job, file, (seconds) =>
    progress(`compiling the Aave v3.6 contracts, once: ${seconds} s (9 to 25 in all)`),
  );
}
