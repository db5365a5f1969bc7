export interface TokenTerms {
  /** House name, unique in the document: the symbol, or the address where two tokens share a symbol. */
  readonly asset: string;
  /** Lower case; "unknown" only in documents written by hand. */
  readonly address: string;
  readonly decimals: number;
}

/** One isolated market: all but the fee is fixed for ever when it is created, and hashes to its id. */
export interface MarketTerms {
  /** House name, unique in the document; it names the account. */
  readonly market: string;
  /** Lower case; "unknown" only in documents written by hand. */
  readonly id: string;
  readonly loan: TokenTerms;
  readonly collateral: TokenTerms;
  /** Names the quote; markets with the same oracle share it. */
  readonly oracle: { readonly name: string; readonly address: string };
  /** Address of the rate model; "none" where the market charges nothing. */
  readonly irm: string;
  /** WAD, below 1: the line of borrowing and of liquidation at once. */
  readonly lltv: bigint;
  /** WAD share of the interest that goes to the fee recipient; the contract's owner may change it. */
  readonly fee: bigint;
}

/** The markets that an owner uses. */
export interface MorphoTerms {
  readonly deployment: string;
  readonly chainId: number;
  readonly markets: readonly MarketTerms[];
  /** How far the document can be trusted: "read-from-chain", or what was assumed. */
  readonly completeness: string;
}
