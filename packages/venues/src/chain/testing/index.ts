export * from "./faulty-rpc.ts";
