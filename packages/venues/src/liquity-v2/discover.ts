import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ChainSource, type Token, aggregateOf, checkEndpoint, lower, readTokens } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { branchAbi } from "./abi.ts";

/** Which trove to read, through the registry of its branch. */
export interface LiquitySource extends ChainSource {
  /** Names the deployment in terms: "ethereum". */
  readonly market: string;
  /** The branch's registry of addresses. */
  readonly registry: Hex;
  readonly trove: bigint;
  readonly user: Hex;
  /** Whose wallet pays; defaults to the user. */
  readonly payer?: Hex;
}

/** What a branch is made of, and who sets the trove's rate. */
export interface Discovered {
  readonly troveManager: Hex;
  readonly stabilityPool: Hex;
  readonly priceFeed: Hex;
  readonly surplusPool: Hex;
  readonly getter: Hex;
  /** Place of the branch among the branches; undefined where it was not found. */
  readonly index: bigint | undefined;
  /** The manager of the trove's batch; undefined where its owner sets the rate. */
  readonly batch: Hex | undefined;
  readonly collateral: Token;
  readonly stable: Token;
  readonly gas: Token;
}

/** Branches that one deployment can have. @source liquity/bold CollateralRegistry.sol */
const mostBranches = 10n;

/** The zero address stands for no manager. */
export const batchOf = (manager: Hex): Hex | undefined => (BigInt(manager) === 0n ? undefined : lower(manager));

/** Finds the parts of the branch. @returns why not: another chain, no such contract, no price or no trove list. */
export async function discover(client: PublicClient, source: LiquitySource): Promise<Result<Discovered, Why>> {
  const expected = await checkEndpoint(client, source);
  if (!expected.ok) return expected;
  const first = aggregateOf(branchAbi);
  const { registry } = source;
  const [manager, pool] = [first.add(registry, "troveManager"), first.add(registry, "stabilityPool")];
  const [feed, surplus] = [first.add(registry, "priceFeed"), first.add(registry, "collSurplusPool")];
  const [getter, branches] = [first.add(registry, "multiTroveGetter"), first.add(registry, "collateralRegistry")];
  const [coll, bold, weth] = [
    first.add(registry, "collToken"),
    first.add(registry, "boldToken"),
    first.add(registry, "WETH"),
  ];
  const found = await first.run(client, source);
  if (!found.ok) return found;
  const troveManager = lower(manager());
  const second = aggregateOf(branchAbi);
  const trove = second.add(troveManager, "Troves", source.trove);
  const places = Array.from({ length: Number(mostBranches) }, (_, place) => ({
    place: BigInt(place),
    manager: second.maybe(branches(), "getTroveManager", BigInt(place)),
  }));
  const asked = await second.run(client, source);
  if (!asked.ok) return asked;
  const tokens = await readTokens(client, source, [coll(), bold(), weth()]);
  if (!tokens.ok) return tokens;
  const token = (address: Hex) => tokens.value.get(lower(address))!;
  const [collateral, stable, gas] = [token(coll()), token(bold()), token(weth())];
  if ([collateral, stable, gas].some(({ decimals }) => decimals !== 18)) return fail(notWads(source));
  return ok({
    ...{ troveManager, stabilityPool: lower(pool()), priceFeed: lower(feed()) },
    ...{ surplusPool: lower(surplus()), getter: lower(getter()), collateral, stable, gas },
    index: places.find((each) => lower(each.manager() ?? "") === troveManager)?.place,
    batch: batchOf(trove()[8]),
  });
}

const notWads = ({ registry }: LiquitySource): Why =>
  why("liquity-v2/not-18-decimals", {
    value: registry,
    next: "check the registry's address: every token of a branch has 18 decimals",
  });
