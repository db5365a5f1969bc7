export * from "./actor.ts";
export * from "./effect.ts";
export * from "./event.ts";
export * from "./holding.ts";
