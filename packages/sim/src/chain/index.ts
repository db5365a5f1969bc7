export { type Chain, type ChainOptions, startChain, testAccount } from "./chain.ts";
export { type Amount, type DemoPosition, openDemoPosition } from "./demo-position.ts";
export type { Addresses } from "./deploy.ts";
export { type Liquidator, openLiquidator } from "./liquidator.ts";
export { type LocalMorpho, type LocalMorphoMarket, type MorphoMarketSetup, openMorpho } from "./morpho.ts";
export { type Contract, type Receipt, type Rpc, RpcError, revertName, transact } from "./rpc.ts";
