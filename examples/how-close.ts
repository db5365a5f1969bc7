// How close is my account to liquidation? The engine alone: no server, no keys, no configuration.
// node examples/how-close.ts
import { liquidationPrices, readQuotes } from "@plimsoll/core/margin";
import { holdingId, ms, text } from "@plimsoll/core/units";
import { binance } from "@plimsoll/venues/binance";
import { sceneOf } from "./scene-of.ts";

// Amounts are decimal text: a float would lose digits that a venue counts.
const account = {
  venue: "binance",
  wallet: { USDT: "40000" },
  positions: [
    { symbol: "BTCUSDT", side: "long", size: "5", entry: "100000" },
    { symbol: "ETHUSDT", side: "short", size: "40", entry: "4000" },
  ],
  marks: { BTCUSDT: { price: "102000", unit: "USDT" }, ETHUSDT: { price: "3900", unit: "USDT" } },
};

const { engine } = binance;
const [id, now] = [holdingId("desk"), ms(Date.now())];
const read = binance.readWritten(account, id, now);
if (!read.ok) throw new Error(JSON.stringify(read.failure));
const { holding, scene } = sceneOf(read.value, id, now);

for (const unit of engine.accounts(holding)) {
  // exact: every digit is the venue's own arithmetic
  const { equity, lines, unit: asset } = engine.assess(holding, unit, scene);
  console.log(`${unit}: equity ${equity.is === "known" ? `${text(equity.value)} ${asset}` : equity.is}`);
  for (const { name, required, surplus, health } of lines)
    console.log(`  ${name}: needs ${text(required)}, has ${text(surplus)} to spare, health ${text(health)}`);

  // the normal form: where each price alone takes the account
  const compiled = engine.compile(holding, unit, scene, "maintenance");
  if (!("form" in compiled)) continue;
  const quotes = readQuotes(compiled.form, scene);
  if (!quotes.ok) throw new Error(JSON.stringify(quotes.failure));
  for (const [index, quote] of compiled.form.quotes.entries()) {
    const { down, up } = liquidationPrices(compiled.form, quotes.value, index);
    const prices = [down, up].flatMap((price) => (price === undefined ? [] : [price.toFixed(2)]));
    console.log(`  liquidated by ${quote} at ${prices.join(" or ") || "no price"}`);
  }
}
