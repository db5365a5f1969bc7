export * from "./account.ts";
export * from "./activity.ts";
export * from "./book.ts";
export { viewMoment } from "./plain.ts";
export { sayAction, sayRemedy, sayTarget } from "./sentences.ts";
export { sayTrigger } from "./say-trigger.ts";
export * from "./scenery.ts";
export * from "./source.ts";
export * from "./story.ts";
