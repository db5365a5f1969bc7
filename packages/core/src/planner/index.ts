export * from "./cost-of-nothing.ts";
export * from "./draft.ts";
export * from "./least-amount.ts";
export * from "./outcome.ts";
export * from "./plan.ts";
export * from "./plan-rescues.ts";
export * from "./propose-rescue.ts";
export * from "./purse.ts";
