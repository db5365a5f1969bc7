import { type Result, type Why, ok, rescale } from "@plimsoll/core/units";
import { type Chain, openDemoPosition, openLiquidator, startChain, testAccount } from "@plimsoll/sim/chain";
import { type AaveSource, aaveActor, aaveFeed } from "@plimsoll/venues/aave-v3";
import type { Half } from "./half.ts";
import type { Moment } from "./market-path.ts";
import { COLLATERAL, DEBT, LOAN, type OpeningBook } from "./scenario.ts";

/** Accounts of the local chain: who borrows, and whose wallet holds the reserve. Account 0 administers the market. */
const BORROWER = 1;
const WALLET = 2;

/** A loan on the real Aave v3 contracts: opened at the first price, liquidated by a stranger as soon as the contract allows it. */
export async function openLoan(
  book: OpeningBook,
  first: Moment,
  progress: (line: string) => void,
): Promise<Result<Half, Why>> {
  const started = await startChain({ progress, blockSeconds: 1 });
  if (!started.ok) return started;
  const chain = started.value;
  const [user = "0x", wallet = "0x"] = chain.accounts.slice(BORROWER);
  await movePrice(chain, first);
  const opened = await openDemoPosition(chain, {
    user,
    supply: [{ symbol: COLLATERAL, amount: book.collateral }],
    borrow: [{ symbol: DEBT, amount: book.debt }],
    reserve: { wallet, holds: [{ symbol: DEBT, amount: book.wallet }] },
  });
  if (!opened.ok) {
    await chain.stop();
    return opened;
  }
  const liquidator = await openLiquidator(chain, COLLATERAL, DEBT);
  const source: AaveSource = {
    rpcUrls: [chain.rpcUrl],
    singleOperator: true,
    chainId: chain.chainId,
    market: "local",
    provider: chain.addresses.provider,
    multicall: chain.addresses.multicall,
    user,
    payer: wallet,
  };
  return ok({
    connection: { holding: LOAN, feed: aaveFeed(LOAN, source), actor: aaveActor(source, testAccount(WALLET)) },
    move: async (moment) => {
      await movePrice(chain, moment);
      await liquidator.look(user);
    },
    stop: () => chain.stop(),
  });
}

async function movePrice(chain: Chain, { at, index }: Moment): Promise<void> {
  await chain.setNextTime(Math.floor(at / 1000));
  await chain.setPrice(COLLATERAL, rescale(index, 8, "down").digits);
}
