/** Binance portfolio margin: linear and inverse futures with one equity in USD; what differs from the futures' own rules is in README.md. */
export { margin } from "@plimsoll/venues/binance/margin";
