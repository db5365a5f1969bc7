export * from "./guardian-chain.ts";
