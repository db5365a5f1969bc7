// oxlint-disable import/no-relative-parent-imports -- the one place where the tests' folder reaches into its room
export * from "../abi.ts";
export * from "../discover.ts";
export * from "../holding.ts";
export * from "../indices.ts";
export * from "../margin.ts";
export * from "../names.ts";
export * from "../position.ts";
export * from "../prices.ts";
export * from "../account-data.ts";
export * from "../reserve.ts";
export * from "../revision.ts";
export * from "../self-check.ts";
export * from "../snapshot.ts";
export * from "../snapshot-reads.ts";
export * from "../terms.ts";
export * from "../user-config.ts";
export { outdated } from "../snapshot-reads.ts";
