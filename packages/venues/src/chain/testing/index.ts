export * from "./act-through.ts";
export * from "./faulty-rpc.ts";
