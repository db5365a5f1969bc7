/** Binance COIN-M futures: the rules of Binance futures with inverse contracts; what differs is in README.md. */
export { type LiquidationPrices, liquidationPrice, margin } from "@plimsoll/venues/binance/margin";
