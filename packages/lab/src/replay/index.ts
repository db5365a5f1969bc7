export { type Acted, type Replay, type ReplayPlan, type Run, replay } from "./replay.ts";
export type { Driven, Taken } from "./world.ts";
export type { Order } from "./path.ts";
