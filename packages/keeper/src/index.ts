export { type Connection } from "./connection.ts";
export { permissionOf } from "./not-protecting.ts";
export { type Checkpoint } from "./execution/states.ts";
export { exportEvidence } from "./export-evidence.ts";
export { type Keeper, type KeeperOptions, type KeeperTiming, startKeeper } from "./keeper.ts";
export { BOOK_STREAM, type Written, readJournal } from "./ledger.ts";
export { type KeyEntry, type KeyLabel, type KeyParts, keyFingerprint, keyName, labelOf } from "./keys/key-entry.ts";
export { type KeyLock } from "./keys/key-lock.ts";
export { KEY_STORE, addKey, noKey, readKeys, removeKey } from "./keys/key-store.ts";
export { type Redact, createRedact, redactWhy, secretsOfUrl } from "./keys/redact.ts";
export { createLog } from "./log.ts";
export { type PanicPorts, panic, rehearsePanic } from "./panic.ts";
export type { Residual } from "./panic-sight.ts";
export type { PanicStep } from "./panic-work.ts";
export { type JournalRecord } from "./records.ts";
export { redacted, redactedActor } from "./redacted.ts";
export {
  type Counters,
  type RunningSigner,
  type SignedFor,
  type SignerAccount,
  type SignerRules,
  SignerLine,
  askRules,
  limitedActor,
  openCounters,
  serveSigner,
  signerActor,
  signerSocketIn,
} from "./signer/index.ts";
export { type SigningKey, openSigningKey } from "./signing-key.ts";
export { sha256 } from "./store/crypto.ts";
export { openJournal, openStore } from "./store/open-store.ts";
export { backupFolder } from "./store/sqlite-backup.ts";
export { type Reader, openReader } from "./store/sqlite-reader.ts";
export { type LearntTerms, readTermsHistory, termsAsKnown } from "./terms-history.ts";
export { type Timers, machineTimers } from "./timers.ts";
