export * from "./chain.ts";
export * from "./checkpoint.ts";
export * from "./entry-hash.ts";
export * from "./evidence.ts";
export * from "./merkle.ts";
export * from "./store.ts";
