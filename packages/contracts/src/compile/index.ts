export { renderBindings } from "./bindings.ts";
export {
  type Artifact,
  type Artifacts,
  type CompileJob,
  type Runtime,
  compileOnce,
  entryOf,
  linked,
  settings,
  sha256,
} from "./compile.ts";
export { findPackage, folderOf, missing, versionOf } from "./find-package.ts";
export { withLock } from "./lock.ts";
export { compileOwn } from "./own.ts";
