import type { Result, Why } from "@plimsoll/core/units";
import type {
  AccountPlan,
  Arming,
  GuardEntry,
  ModeChange,
  PanicOrder,
  PanicReport,
  PlanWish,
  Rehearsal,
} from "@plimsoll/server/contract";

type Mode = Arming["to"];
export type Asked<T> = Promise<Result<T, Why>>;

/**
 * What may be asked of a host that can act: it keeps guards in one place, plans, and sends. Whoever shows a demonstration or only
 * reads gives none, and the API refuses. What changes anything is in the journal before it answers, or in the host's own file.
 */
export interface Control {
  /** By name or id; `guard/unknown` where there is none. */
  showGuard(id: string): Asked<GuardEntry>;
  rehearseGuard(id: string): Asked<readonly Rehearsal[]>;
  /** Adds a guard of its YAML or JSON text; one that does not read well is refused with its place, and nothing changes. */
  addGuard(written: string): Asked<GuardEntry>;
  /** Takes a guard out; an armed one is refused. */
  removeGuard(id: string): Asked<void>;
  /** What a mode would change, do and place, with the hash that confirms it; nothing changes. */
  previewMode(id: string, mode: Mode): Asked<Arming>;
  /** `guard/wrong-hash` where the guard is not what the hash was shown of. */
  setGuardMode(id: string, mode: Mode, confirm: string): Asked<GuardEntry>;
  /** Makes plans and keeps them, so that one can be confirmed by its hash. */
  plan(wish: PlanWish): Asked<readonly AccountPlan[]>;
  /** Carries out a plan that was made before; the number that forbids it where something does. @returns its whole hash. */
  act(hash: string): Asked<string>;
  setMode(mode: ModeChange["mode"]): Asked<void>;
  /** Closes everything it can reach of the accounts, or says what it would do; one at a time. */
  panic(order: PanicOrder): Asked<PanicReport>;
  /** What the last panic did, and what is left of its accounts now; `panic/none` where there was none. */
  showPanic(): Asked<PanicReport>;
}
