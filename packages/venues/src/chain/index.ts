export * from "./aggregate.ts";
export * from "./blocks.ts";
export * from "./feed.ts";
export * from "./reports.ts";
export * from "./rpc.ts";
