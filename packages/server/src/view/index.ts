export * from "./account.ts";
export * from "./activity.ts";
export * from "./book.ts";
export { viewMoment } from "./plain.ts";
export * from "./scenery.ts";
export * from "./source.ts";
export * from "./story.ts";
