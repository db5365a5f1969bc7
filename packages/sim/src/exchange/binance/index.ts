export { startBinance } from "./start-binance.ts";
