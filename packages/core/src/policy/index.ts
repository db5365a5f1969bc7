export * from "./goal.ts";
export * from "./guard.ts";
export * from "./guard-hash.ts";
export * from "./loosens.ts";
export * from "./reading.ts";
export * from "./watch.ts";
export * from "./validate-guard.ts";
