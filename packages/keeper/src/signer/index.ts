export { type SignedFor, askRules } from "./ask-rules.ts";
export { type Counters, SENDS_PER_KEY, openCounters } from "./counters.ts";
export { limitedActor } from "./limited-actor.ts";
export { type SignerRules } from "./rules.ts";
export { type RunningSigner, serveSigner, signerSocketIn } from "./serve-signer.ts";
export { type SignerAccount } from "./signer.ts";
export { signerActor } from "./signer-actor.ts";
export { SignerLine } from "./signer-line.ts";
