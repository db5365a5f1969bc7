import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import { type ChainSource, type Token, aggregateOf, checkEndpoint, lower, readTokens } from "@plimsoll/venues/chain";
import { type Hex, type PublicClient, encodeAbiParameters, keccak256, parseAbiParameters, zeroAddress } from "viem";
import { readAbi } from "./abi.ts";
import { marketName, oracleName } from "./market-name.ts";
import type { MarketTerms, TokenTerms } from "./terms.ts";

/** Which positions of whom to read, and through what. */
export interface MorphoSource extends ChainSource {
  /** Names the deployment in quotes, accounts and terms: "ethereum". */
  readonly deployment: string;
  /** Defaults to the contract's address on Ethereum and Base. */
  readonly morpho?: Hex;
  readonly owner: Hex;
  /** Whose wallet pays for supply and repay; defaults to the owner. */
  readonly payer?: Hex;
  /** Ids of the markets, 32 bytes each: the contract keeps no list of an owner's markets. */
  readonly markets: readonly Hex[];
}

/** @source @morpho-org/blue-sdk 6.4.0, addresses.ts */
const canonicalMorpho = "0xBBBBBbbBBb9cC5e90e3b3Af64bdAF62C37EEFFCb";
export const morphoOf = ({ morpho }: MorphoSource): Hex => morpho ?? canonicalMorpho;

export interface MarketParams {
  readonly loanToken: Hex;
  readonly collateralToken: Hex;
  readonly oracle: Hex;
  readonly irm: Hex;
  readonly lltv: bigint;
}

/** All of a market that never changes; the fee is read with every snapshot. */
export interface DiscoveredMarket {
  readonly params: MarketParams;
  readonly terms: Omit<MarketTerms, "fee">;
}

/** The id that a market's five fields hash to. @source morpho-blue 1.0.0, MarketParamsLib.id */
export const marketId = ({ loanToken, collateralToken, oracle, irm, lltv }: MarketParams): Hex =>
  keccak256(
    encodeAbiParameters(parseAbiParameters("address, address, address, address, uint256"), [
      loanToken,
      collateralToken,
      oracle,
      irm,
      lltv,
    ]),
  );

/** Finds what the markets are made of: three calls. @returns why not: another chain, an id without a market. */
export async function discover(
  client: PublicClient,
  source: MorphoSource,
): Promise<Result<readonly DiscoveredMarket[], Why>> {
  const expected = await checkEndpoint(client, source);
  if (!expected.ok) return expected;
  const batch = aggregateOf(readAbi);
  const asked = source.markets.map((id) => ({ id, params: batch.add(morphoOf(source), "idToMarketParams", id) }));
  const read = await batch.run(client, source);
  if (!read.ok) return read;
  const found: { readonly id: Hex; readonly params: MarketParams }[] = [];
  for (const { id, params } of asked) {
    const [loanToken, collateralToken, oracle, irm, lltv] = params();
    const market = { loanToken, collateralToken, oracle, irm, lltv };
    // The contract answers zeros for an id that it does not know.
    if (marketId(market) !== lower(id)) return fail(noMarket(source, id));
    found.push({ id: lower(id), params: market });
  }
  const tokens = await readTokens(
    client,
    source,
    found.flatMap(({ params }) => [params.loanToken, params.collateralToken]),
  );
  return tokens.ok ? ok(found.map(({ id, params }) => describe(id, params, tokens.value))) : tokens;
}

const noMarket = ({ deployment, chainId }: MorphoSource, id: Hex): Why =>
  why("morpho-blue/no-such-market", {
    value: id,
    deployment: `${deployment} on chain ${chainId}`,
    next: "check the market's id, the contract's address and the chain",
  });

function describe(id: Hex, params: MarketParams, tokens: ReadonlyMap<Hex, Token>): DiscoveredMarket {
  const [loan, collateral] = [tokens.get(lower(params.loanToken))!, tokens.get(lower(params.collateralToken))!];
  const { lltv } = params;
  const terms = ({ asset, address, decimals }: Token): TokenTerms => ({ asset, address, decimals });
  return {
    params,
    terms: {
      market: marketName({ collateral: collateral.symbol, loan: loan.symbol, lltv, id }),
      id,
      loan: terms(loan),
      collateral: terms(collateral),
      oracle: { name: oracleName(collateral.symbol, loan.symbol, lower(params.oracle)), address: lower(params.oracle) },
      irm: params.irm === zeroAddress ? "none" : lower(params.irm),
      lltv,
    },
  };
}
