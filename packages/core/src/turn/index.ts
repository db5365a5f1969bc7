export * from "./apply-event.ts";
export * from "./contract.ts";
export type { BookCover, Surroundings } from "./coverage.ts";
export * from "./create-turn.ts";
export * from "./mode.ts";
export { groundOf, isGround, walletsOf } from "./look.ts";
