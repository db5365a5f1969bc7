export * from "./core/index.ts";
export * from "./faults.ts";
export * from "./front-server.ts";
export * from "./request.ts";
export * from "./simulation.ts";
export * from "./start-exchange.ts";
export * from "./text.ts";
