export * from "./start-bybit.ts";
