import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type ChainSource, aggregateOf, checkEndpoint, lower, readTokens } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { readAbi } from "./abi.ts";

/** Whose account in which market to read, and through what. */
export interface CometSource extends ChainSource {
  /** Names the market in quotes, accounts and terms: "ethereum-usdc". */
  readonly market: string;
  readonly comet: Hex;
  readonly user: Hex;
  /** Whose wallet pays for supply and repay; defaults to the user. */
  readonly payer?: Hex;
  /** Who would withdraw in the user's name; left out, whether that is allowed is not asked. */
  readonly manager?: Hex;
  /** What the price feeds count in: the contract does not say. Defaults to USD. */
  readonly priceUnit?: string;
}

/** A token of the market, as far as an upgrade of the market does not change it. */
export interface Listed {
  readonly address: Hex;
  readonly priceFeed: Hex;
  /** The symbol, or the address where it is missing or shared. */
  readonly asset: string;
  readonly decimals: number;
}
export interface Discovered {
  readonly base: Listed;
  /** In the market's order. */
  readonly assets: readonly Listed[];
}

/** Finds the market's tokens: three calls. @returns why not: another chain, no such contract. */
export async function discover(client: PublicClient, source: CometSource): Promise<Result<Discovered, Why>> {
  const expected = await checkEndpoint(client, source);
  if (!expected.ok) return expected;
  const first = aggregateOf(readAbi);
  const [count, base] = [first.add(source.comet, "numAssets"), first.add(source.comet, "baseToken")];
  const feed = first.add(source.comet, "baseTokenPriceFeed");
  const counted = await first.run(client, source);
  if (!counted.ok) return counted;
  const list = aggregateOf(readAbi);
  const infos = Array.from({ length: count() }, (_, id) => list.add(source.comet, "getAssetInfo", id));
  const listed = await list.run(client, source);
  if (!listed.ok) return listed;
  const assets = infos.map((info) => ({ address: lower(info().asset), priceFeed: lower(info().priceFeed) }));
  const market = { address: lower(base()), priceFeed: lower(feed()) };
  const tokens = await readTokens(
    client,
    source,
    [market, ...assets].map(({ address }) => address),
  );
  if (!tokens.ok) return tokens;
  const named = ({ address, priceFeed }: Pick<Listed, "address" | "priceFeed">): Listed => {
    const { asset, decimals } = tokens.value.get(address)!;
    return { address, priceFeed, asset, decimals };
  };
  return ok({ base: named(market), assets: assets.map(named) });
}
