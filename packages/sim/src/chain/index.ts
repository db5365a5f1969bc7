export { type LocalAaveV30, openAaveV30 } from "./aave-v30.ts";
export { type Chain, type ChainOptions, startChain, testAccount } from "./chain.ts";
export { type CometSetup, openComet } from "./comet.ts";
export { type Amount, type DemoPosition, openDemoPosition } from "./demo-position.ts";
export type { Addresses } from "./deploy.ts";
export { type DeployDouble, type Double, openDouble } from "./double.ts";
export { type Liquidator, openLiquidator } from "./liquidator.ts";
export { type LocalMorpho, type LocalMorphoMarket, type MorphoMarketSetup, openMorpho } from "./morpho.ts";
export { type Contract, type Receipt, type Rpc, RpcError, revertName, transact } from "./rpc.ts";
