import type { BookEvent } from "@plimsoll/core/book";
import { type HoldingId, type Result, type Why, assetId, exact, ok, text } from "@plimsoll/core/units";
import { type Blocks, ask, lower } from "@plimsoll/venues/chain";
import type { Hex, PublicClient } from "viem";
import { liquidateEvent } from "./abi.ts";
import { type MorphoSource, morphoOf } from "./discover.ts";
import { momentOf } from "./events.ts";
import { morphoAccount } from "./names.ts";
import type { MorphoSnapshot } from "./snapshot.ts";

/** What liquidators did to the owner in some blocks, as the contract's own events tell it, in house names and whole tokens. */
export async function readLiquidations(
  client: PublicClient,
  source: MorphoSource,
  id: HoldingId,
  { body, terms }: MorphoSnapshot,
  { from: fromBlock, to: toBlock }: Blocks,
): Promise<Result<readonly BookEvent[], Why>> {
  const logs = await ask("eth_getLogs", () =>
    client.getLogs({
      address: morphoOf(source),
      event: liquidateEvent,
      args: { borrower: source.owner, id: [...source.markets] as Hex[] },
      fromBlock,
      toBlock,
      strict: true,
    }),
  );
  if (!logs.ok) return logs;
  return ok(
    logs.value.flatMap(({ args }): readonly BookEvent[] => {
      const market = terms.markets.find((each) => each.id === lower(args.id));
      if (market === undefined) return [];
      const { loan, collateral } = market;
      const seized = exact(args.seizedAssets, collateral.decimals);
      const repaid = `${text(exact(args.repaidAssets, loan.decimals))} ${loan.asset}`;
      const lost = `, ${text(exact(args.badDebtAssets, loan.decimals))} ${loan.asset} of it written off`;
      return [
        {
          type: "effect",
          holding: id,
          account: morphoAccount(body.deployment, body.owner, market.market),
          effect: {
            was: "liquidation",
            body: { market: market.market, seizedAssets: 0n, repaidShares: args.repaidShares },
          },
          taken: [{ asset: assetId(collateral.asset), amount: seized }],
          fee: [],
          text: `liquidation: ${text(seized)} ${collateral.asset} taken for ${repaid} of debt${args.badDebtAssets > 0n ? lost : ""}`,
          at: momentOf(body),
        },
      ];
    }),
  );
}
