// oxlint-disable import/no-relative-parent-imports -- the one place where the tests' folder reaches into its room
export * from "../constants.ts";
export * from "../discover.ts";
export * from "../events.ts";
export * from "../health.ts";
export * from "../holding.ts";
export * from "../margin.ts";
export * from "../names.ts";
export * from "../parity.ts";
export * from "../position.ts";
export * from "../price.ts";
export * from "../repay.ts";
export * from "../snapshot.ts";
export * from "../terms.ts";
