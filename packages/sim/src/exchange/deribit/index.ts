export * from "./perpetuals.ts";
export * from "./start-deribit.ts";
