import type { BookEvent, Holding } from "@plimsoll/core/book";
import { type HoldingId, type Ms, exact, ms } from "@plimsoll/core/units";
import { termsDocument } from "@plimsoll/venues/wire";
import { lower, walletName } from "@plimsoll/venues/chain";
import type { AaveSource } from "./discover.ts";
import type { AaveBody } from "./holding.ts";
import type { AaveTerms } from "./terms.ts";
import { aaveV3Id, oracleQuote } from "./names.ts";
import type { AaveSnapshot } from "./snapshot.ts";

/**
 * The snapshot as the events of a turn, in the order in which they must be applied: terms, prices, holding. Allowances are left
 * out: the actor grants with each action exactly what it needs, so what the pool may take before does not limit an action.
 */
export function eventsOf(snapshot: AaveSnapshot, id: HoldingId, source: AaveSource): readonly BookEvent[] {
  const { body, terms, prices } = snapshot;
  const at = momentOf(body);
  const reserves = body.reserves.map((held) => ({ ...held, allowance: "unknown" as const }));
  const holding: Holding = {
    id,
    venue: aaveV3Id,
    rules: terms.rules,
    market: body.market,
    wallet: walletName(source, source.user),
    asOf: at,
    body: { ...body, reserves },
  };
  return [
    { type: "terms", terms: termsOf(terms, at, source) },
    ...[...prices].map(([asset, price]): BookEvent => ({
      type: "price",
      key: oracleQuote(terms.market, asset),
      price: exact(price, terms.baseDecimals),
      kind: "oracle",
      at,
    })),
    { type: "holding", holding },
  ];
}

export const momentOf = ({ timestamp }: AaveBody): Ms => ms(Number(timestamp) * 1_000);

export const termsOf = (body: AaveTerms, at: Ms, { provider, chainId }: AaveSource) =>
  termsDocument({
    venue: aaveV3Id,
    rules: body.rules,
    market: body.market,
    validFrom: new Date(at).toISOString().slice(0, 10),
    source: `PoolAddressesProvider ${lower(provider)} on chain ${chainId}`,
    body,
  });
