export * from "./sample-book.ts";
export * from "./sample-protection.ts";
export * from "./sample-story.ts";
export * from "./scripted-source.ts";
