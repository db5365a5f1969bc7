export * from "./account.ts";
export * from "./activity.ts";
export * from "./amount.ts";
export * from "./book.ts";
export * from "./frame.ts";
export * from "./problem.ts";
export * from "./registry.ts";
export * from "./story.ts";
