export * from "./coins.ts";
export * from "./start-hyperliquid.ts";
