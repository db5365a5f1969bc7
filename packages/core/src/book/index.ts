export * from "./actor.ts";
export * from "./effect.ts";
export * from "./event.ts";
export * from "./holding.ts";
export * from "./parameters.ts";
export * from "./parity.ts";
export * from "./pending.ts";
export * from "./terms-at.ts";
