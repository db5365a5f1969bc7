import type { Scene } from "@plimsoll/core/margin";
import { type Exact, type Result, type Why, exact, fail, ok, text, why } from "@plimsoll/core/units";
import type { MorphoBody, Purse } from "./holding.ts";
import type { MorphoTerms, TokenTerms } from "./terms.ts";

/** An allowance of uint256's maximum is not used up (most tokens; some do, and the next snapshot says so). */
const MAX_UINT256 = 2n ** 256n - 1n;

/** What the payer can spend of a token: the smaller of balance and allowance; "unknown" where neither was read. */
export function fundsOf({ purses }: MorphoBody, { asset }: TokenTerms): bigint | "unknown" {
  const { balance = "unknown", allowance = "unknown" } = purses.find((each) => each.asset === asset) ?? {};
  if (balance === "unknown" || allowance === "unknown") return balance === "unknown" ? allowance : balance;
  return balance < allowance ? balance : allowance;
}

/** The holding after the contract took tokens from the payer; what was not read limits nothing and stays unknown. */
export function pay(body: MorphoBody, token: TokenTerms, amount: bigint): Result<MorphoBody, Why> {
  const purse = body.purses.find(({ asset }) => asset === token.asset);
  if (purse === undefined) return ok(body);
  const { balance, allowance } = purse;
  const facts = (has: bigint) => ({
    asset: token.asset,
    has: text(exact(has, token.decimals)),
    needed: text(exact(amount, token.decimals)),
  });
  if (balance !== "unknown" && balance < amount)
    return fail(why("morpho-blue/wallet-too-small", { ...facts(balance), next: "use at most what the wallet holds" }));
  if (allowance !== "unknown" && allowance < amount)
    return fail(
      why("morpho-blue/allowance-too-small", { ...facts(allowance), next: `approve ${token.asset} to Morpho first` }),
    );
  return ok(
    withPurse(body, {
      ...purse,
      balance: balance === "unknown" ? balance : balance - amount,
      allowance: allowance === "unknown" || allowance === MAX_UINT256 ? allowance : allowance - amount,
    }),
  );
}

/** The holding after the contract paid tokens out. */
export function receive(body: MorphoBody, token: TokenTerms, amount: bigint): MorphoBody {
  const purse = body.purses.find(({ asset }) => asset === token.asset);
  if (purse === undefined || purse.balance === "unknown") return body;
  return withPurse(body, { ...purse, balance: purse.balance + amount });
}

const withPurse = (body: MorphoBody, purse: Purse): MorphoBody => ({
  ...body,
  purses: body.purses.map((each) => (each.asset === purse.asset ? purse : each)),
});

/** What the payer holds of a token of the account's markets; undefined where it was not read. */
export function walletMorpho({ purses }: MorphoBody, asset: string, { terms }: Scene<MorphoTerms>): Exact | undefined {
  const balance = purses.find((each) => each.asset === asset)?.balance;
  const tokens = terms.body.markets.flatMap(({ loan, collateral }) => [loan, collateral]);
  const token = tokens.find((each) => each.asset === asset);
  return token === undefined || typeof balance !== "bigint" ? undefined : exact(balance, token.decimals);
}
