export * from "./sample-book.ts";
export * from "./sample-story.ts";
export * from "./scripted-source.ts";
