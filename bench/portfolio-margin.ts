// oxlint-disable import/no-relative-parent-imports -- like a test, a bench reaches past the doors for the parts it measures
import { evaluateFlat, flatten, readQuotes } from "@plimsoll/core/margin";
import { toNumber } from "@plimsoll/core/units";
import { margin } from "../packages/venues/src/deribit/margin.ts";
import { movesOf } from "../packages/venues/src/deribit/margin-matrix.ts";
import { EXPIRY, SHIPPED, bodyOf, position, sceneOf } from "../packages/venues/src/deribit/testing.ts";
import { type Prepare, agree } from "./row.ts";
import { textbookPrice } from "./textbook.ts";

const INDEX = 100_000;
const [whole, form, cells] = ["our engine.assess", "our form, flattened", "textbook price in every cell"];

/** Deribit's portfolio margin: every option in every scenario. */
export const preparePortfolioMargin: Prepare = async (quick) => {
  const strikes = Array.from({ length: quick ? 4 : 20 }, (_, i) => INDEX * (0.6 + 0.04 * i));
  const names = strikes.map((strike, i) => `BTC-${EXPIRY}-${strike.toFixed(0)}-${i % 2 === 0 ? "C" : "P"}`);
  const held = names.map((name, i) => position(name, i % 3 === 0 ? "-2.5" : "1.5", "0.05"));
  const body = bodyOf({ BTC: "10" }, [position("BTC-PERPETUAL", "-100000", "98000"), ...held], "segregated_pm");
  const basis = { "BTC-PERPETUAL:basis": "1", [`BTC-${EXPIRY}:basis`]: "1" };
  const vols = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}:iv`, "55"],
      [`${name}:basis`, "1"],
    ]),
  );
  const scene = sceneOf({ "btc_usd:index": `${INDEX}`, ...basis, ...vols });
  const [key] = margin.accounts(body);
  const compiled = margin.compile(body, key!, scene, "maintenance");
  if (!("form" in compiled)) throw new Error(`no form: ${JSON.stringify(compiled)}`);
  const quotes = readQuotes(compiled.form, scene);
  if (!quotes.ok) throw new Error(quotes.failure.code);
  const flat = flatten(compiled.form);
  const surplus = () =>
    toNumber(margin.assess(body, key!, scene).lines.find(({ name }) => name === "maintenance")!.surplus);
  const unit = compiled.form.unit === "USD" ? INDEX : 1;
  const { have, need } = evaluateFlat(flat, quotes.value);
  const [ours, theirs] = [have - need, surplus() * unit];
  agree(Math.abs(ours - theirs) <= 1e-6 * (have + need), `surplus ${ours} by the form, ${theirs} by the engine`);

  const rules = SHIPPED.pairs["btc_usd"]!.matrix!;
  const scenarios = [...movesOf(rules).flatMap((move) => [move, move, move]), ...rules.extendedMoves];
  const times = quick ? 2 : 100;
  const repeated = (name: string, repeats: number, of: () => number) => ({
    name,
    units: repeats,
    run: () => {
      let sum = 0;
      for (let i = 0; i < repeats; i++) sum += of();
      return sum;
    },
  });
  const inEveryCell = () => {
    let sum = 0;
    for (const move of scenarios)
      for (const strike of strikes)
        sum += textbookPrice({ type: "call", forward: INDEX * (1 + move), strike, years: 0.1, vol: 0.55 });
    return sum;
  };
  return {
    question: `Deribit portfolio margin of ${names.length} options and a perpetual, ${scenarios.length} scenarios`,
    unit: "account",
    clock: "processor",
    contenders: [
      repeated(cells, times, inEveryCell),
      repeated(whole, times, surplus),
      repeated(form, times, () => evaluateFlat(flat, quotes.value).need),
    ],
    ratios: [
      [whole, cells],
      [form, cells],
      [form, whole],
    ],
    checked: [`the form's surplus is the engine's within a millionth of the gross: ${theirs.toPrecision(9)}`],
  };
};
