import { type Exact, type Result, type Why, fail, ok, rescale, why } from "@plimsoll/core/units";
import { type Chain, type Contract, type Receipt, startChain, testAccount, transact } from "@plimsoll/sim/chain";
import { aaveActor, aaveFeed } from "@plimsoll/venues/aave-v3";
import { type Hex, decodeFunctionResult, encodeFunctionData, maxUint256 } from "viem";
import type { Half } from "./half.ts";
import type { Moment } from "./market-path.ts";
import { COLLATERAL, DEBT, LOAN, type OpeningBook, decimals } from "./scenario.ts";

/** Whose accounts on the local chain play which part; account 0 administers the market. */
const [LENDER, BORROWER, STRANGER] = [1, 2, 3];

/** A loan on the real Aave v3 contracts: opened at the first price, liquidated by a stranger as soon as the contract allows it. */
export async function openLoan(
  book: OpeningBook,
  first: Moment,
  progress: (line: string) => void,
): Promise<Result<Half, Why>> {
  const started = await startChain({ progress, blockSeconds: 1 });
  if (!started.ok) return started;
  const stage = new LoanStage(started.value);
  try {
    await stage.open(book, first);
  } catch (error) {
    await started.value.stop();
    return fail(
      why("demo/loan-not-opened", { detail: (error as Error).message, next: "this is a bug: report it with the seed" }),
    );
  }
  return ok(stage.half());
}

class LoanStage {
  readonly #chain: Chain;
  readonly #pool: Contract;
  constructor(chain: Chain) {
    this.#chain = chain;
    this.#pool = chain.contract("PoolInstance", chain.addresses.pool);
  }

  async open({ collateral, debt, wallet }: OpeningBook, first: Moment): Promise<void> {
    await this.#price(first);
    const [supplied, owed, reserve] = [units(collateral, COLLATERAL), units(debt, DEBT), units(wallet, DEBT)];
    for (const [who, token, amount] of [
      [LENDER, DEBT, owed * 20n],
      [BORROWER, COLLATERAL, supplied],
      [BORROWER, DEBT, reserve],
      [STRANGER, DEBT, owed],
    ] as const) {
      await this.#as(who, this.#token(token), "mint", [this.#address(who), amount]);
      if (who !== BORROWER || token === COLLATERAL)
        await this.#as(who, this.#token(token), "approve", [this.#pool.address, maxUint256 - 1n]);
    }
    await this.#as(LENDER, this.#pool, "supply", [this.#token(DEBT).address, owed * 20n, this.#address(LENDER), 0]);
    await this.#as(BORROWER, this.#pool, "supply", [
      this.#token(COLLATERAL).address,
      supplied,
      this.#address(BORROWER),
      0,
    ]);
    await this.#as(BORROWER, this.#pool, "borrow", [this.#token(DEBT).address, owed, 2, 0, this.#address(BORROWER)]);
    // What was borrowed was spent: only the reserve stays in the wallet.
    await this.#as(BORROWER, this.#token(DEBT), "transfer", [this.#address(LENDER), owed]);
  }

  half(): Half {
    const source = {
      rpcUrl: this.#chain.rpcUrl,
      chainId: this.#chain.chainId,
      market: "local",
      provider: this.#chain.addresses.provider,
      multicall: this.#chain.addresses.multicall,
      user: this.#address(BORROWER),
    };
    return {
      connection: { holding: LOAN, feed: aaveFeed(LOAN, source), actor: aaveActor(source, testAccount(BORROWER)) },
      move: async (moment) => {
        await this.#price(moment);
        await this.#liquidate();
      },
      stop: () => this.#chain.stop(),
    };
  }

  async #price({ at, index }: Moment): Promise<void> {
    await this.#chain.setNextTime(Math.floor(at / 1000));
    await this.#chain.setPrice(COLLATERAL, rescale(index, 8, "down").digits);
  }

  /** A stranger repays as much as the pool lets him and takes the collateral with the bonus. */
  async #liquidate(): Promise<void> {
    const borrower = this.#address(BORROWER);
    const data = encodeFunctionData({ abi: this.#pool.abi, functionName: "getUserAccountData", args: [borrower] });
    const reply = await this.#chain.rpc.request<Hex>("eth_call", [{ to: this.#pool.address, data }, "latest"]);
    const answer = decodeFunctionResult({
      abi: this.#pool.abi,
      functionName: "getUserAccountData",
      data: reply,
    }) as readonly bigint[];
    const health = answer.at(-1) ?? 0n;
    if (health >= 10n ** 18n) return;
    const pair = [this.#token(COLLATERAL).address, this.#token(DEBT).address];
    await this.#as(STRANGER, this.#pool, "liquidationCall", [...pair, borrower, maxUint256, false]);
  }

  readonly #address = (who: number): Hex => this.#chain.accounts[who] ?? "0x";
  readonly #token = (symbol: string): Contract =>
    this.#chain.contract("FaucetToken", this.#chain.addresses.tokens[symbol] ?? "0x");
  async #as(who: number, contract: Contract, name: string, args: readonly unknown[]): Promise<Receipt> {
    const receipt = await transact(this.#chain.rpc, this.#address(who), contract, name, args);
    if (receipt.status !== "0x1") throw new Error(`${name} was reverted`);
    return receipt;
  }
}

const units = (amount: Exact, symbol: keyof typeof decimals): bigint =>
  rescale(amount, decimals[symbol], "down").digits;
