// oxlint-disable import/no-relative-parent-imports -- like a test, a bench reaches past the doors for the parts it measures
import { type GasTable, measureGas } from "../packages/contracts/src/testing/gas.ts";
import { type Counted, agree } from "./row.ts";

const gwei = [20, 100, 500, 700] as const;

/** The smallest debt, USD, whose rescue costs no more than it spares: shares are of the debt, the coin in USD. */
const breakEven = (gas: number, price: number, coin: number, spared: number, own: number): number =>
  (gas * price * 1e-9 * coin) / (spared - own);

/** Two significant digits, as the figures below were published. */
const rough = (value: number): number => Number(value.toPrecision(2));

/**
 * A flash deleverage of 502,000 gas while ETH is 4,000, half the debt closed at a bonus of 5 %, and 35 bps lost on a repayment of 30 %: acting pays
 * above debts of 1,700, 8,400, 42,000 and 59,000 USD.
 */
const known = gwei.map((price) => rough(breakEven(502_000, price, 4_000, 0.05 / 2, 0.0035 * 0.3)));

/** What owner and executor pay on the chain, beside the penalty that a rescue spares. */
export const countGas = async (): Promise<Counted> => {
  agree(known.join() === "1700,8400,42000,59000", `the known break-even debts, ${known.join()}`);
  const { uses, debt, penalty, coin }: GasTable = await measureGas();
  const spared = Number(penalty) / Number(debt);
  agree(Math.abs(spared - 0.025) < 1e-6, `half of a bonus of 5 % is not ${spared}`);
  const dollars = (value: bigint): number => Number(value) / 1e8;
  return {
    name: "gas",
    question: `gas of every call; debt in USD from which a rescue spares more than it costs, by gwei, ETH at ${dollars(coin)}`,
    columns: ["gas", ...gwei.map((price) => `${price} gwei`)],
    lines: uses.map(({ name, gas, own }) => ({
      name,
      figures: [
        Number(gas),
        ...(own === undefined
          ? []
          : gwei.map((price) => breakEven(Number(gas), price, dollars(coin), spared, Number(own) / Number(debt)))),
      ],
    })),
    checked: [
      `a loan of ${dollars(debt)} USD; its first liquidation would cost the owner ${dollars(penalty).toFixed(0)} USD`,
      ...uses.flatMap(({ name, own }) =>
        own === undefined ? [] : [`${name}: costs the owner ${dollars(own).toFixed(0)} USD beside bounty and gas`],
      ),
      `the same formula gives the known ${known.join(", ")} USD for 502,000 gas, ETH at 4,000`,
    ],
  };
};
