import { type BlackInput, blackGreeks, blackPrice, impliedVol } from "@plimsoll/core/math";
import { chanceOf } from "./aave.ts";
import { type Prepare, agree } from "./row.ts";
import { CDF_ERROR, textbookPrice, textbookVol } from "./textbook.ts";

const [price, textbook, greeks, vol, halving] = [
  "our price",
  "textbook price",
  "our Greeks",
  "our implied volatility",
  "textbook, by halving",
];

/** Price and implied volatility of options such as an exchange lists. */
export const prepareOptions: Prepare = async (quick) => {
  const chance = chanceOf(4);
  const options = Array.from({ length: quick ? 200 : 4_000 }, (): BlackInput => {
    const [years, wide, forward] = [chance.between(0.02, 1.5), chance.between(0.2, 1.2), chance.between(5e4, 15e4)];
    const strike = forward * Math.exp((4 * chance.next() - 2) * wide * Math.sqrt(years));
    return { type: chance.happens(0.5) ? "call" : "put", forward, strike, years, vol: wide };
  });
  const priced = options.map((option) => ({ option, at: blackPrice(option) }));
  const few = priced.slice(0, priced.length / 8);

  let [apart, back] = [0, 0];
  for (const { option, at } of priced) {
    const theirs = textbookPrice(option);
    const allowed = 2 * CDF_ERROR * (option.forward + option.strike);
    agree(Math.abs(at - theirs) <= allowed, `price ${at}, textbook ${theirs}, ${allowed} allowed`);
    apart = Math.max(apart, Math.abs(at - theirs) / option.forward);
    back = Math.max(back, Math.abs(volOf(option, at) - option.vol));
  }
  agree(back < 1e-9, `a volatility comes back ${back} away`);
  const lost = Math.max(...few.map(({ option, at }) => Math.abs(textbookVol(option, at) - option.vol)));
  agree(lost < 1e-3, `the textbook's volatility comes back ${lost} away`);

  const every = (name: string, times: number, all: typeof priced, of: (one: (typeof priced)[number]) => number) => ({
    name,
    units: times * all.length,
    run: () => {
      let sum = 0;
      for (let i = 0; i < times; i++) for (const one of all) sum += of(one);
      return sum;
    },
  });
  const times = quick ? 1 : 10;
  return {
    question:
      "one option on a forward: two standard deviations to either side, a week to a year and a half, 20 % to 120 %",
    unit: "option",
    clock: "processor",
    contenders: [
      every(textbook, times, priced, ({ option }) => textbookPrice(option)),
      every(price, times, priced, ({ option }) => blackPrice(option)),
      every(greeks, times, priced, ({ option }) => blackGreeks(option).vega),
      every(halving, times, few, ({ option, at }) => textbookVol(option, at)),
      every(vol, times, priced, ({ option, at }) => volOf(option, at)),
    ],
    ratios: [
      [price, textbook],
      [greeks, textbook],
      [vol, halving],
      [vol, price],
    ],
    checked: [
      `${priced.length} prices agree within ${apart.toExponential(1)} of the forward, what the textbook's polynomial allows`,
      `volatilities come back within ${back.toExponential(1)}; the textbook's, of ${few.length}, within ${lost.toExponential(1)}`,
    ],
  };
};

function volOf(option: BlackInput, at: number): number {
  const found = impliedVol(option, at);
  return "vol" in found ? found.vol : Number.NaN;
}
