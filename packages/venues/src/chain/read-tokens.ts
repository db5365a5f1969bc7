import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type Hex, type PublicClient, parseAbi } from "viem";
import { aggregateOf } from "./aggregate.ts";
import { type ChainSource, lower } from "./rpc.ts";

/** What a token says of itself, and what it is called here. */
export interface Token {
  /** Lower case. */
  readonly address: Hex;
  /** The address where it has none. */
  readonly symbol: string;
  /** The house name: the symbol, or the address where that is missing or shared. */
  readonly asset: string;
  readonly decimals: number;
}

const tokenAbi = parseAbi(["function symbol() view returns (string)", "function decimals() view returns (uint8)"]);

/** Reads tokens once each, by their addresses in lower case; names are unlike among them. */
export async function readTokens(
  client: PublicClient,
  source: ChainSource,
  named: readonly Hex[],
): Promise<Result<ReadonlyMap<Hex, Token>, Why>> {
  const batch = aggregateOf(tokenAbi);
  const asked = [...new Set(named.map(lower))].map((address) => ({
    address,
    symbol: batch.maybe(address, "symbol"),
    decimals: batch.add(address, "decimals"),
  }));
  const read = await batch.run(client, source);
  if (!read.ok) return read;
  const symbols = asked.map(({ symbol, address }) => symbol() || address);
  const isShared = (symbol: string) => symbols.indexOf(symbol) !== symbols.lastIndexOf(symbol);
  const tokens = asked.map(({ address, decimals }, place): [Hex, Token] => {
    const symbol = symbols[place]!;
    return [address, { address, symbol, asset: isShared(symbol) ? address : symbol, decimals: decimals() }];
  });
  return ok(new Map(tokens));
}
