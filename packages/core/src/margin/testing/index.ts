export { type Damaged, damagedAt } from "./bodies.ts";
export { checks, firstFinding, marginConformance, runsAsked } from "./conformance.ts";
export { formLaws } from "./form-laws.ts";
export type { Check, Conformance, Effort, NotHere, PositionLaws, State, Subject, WrongOnPurpose } from "./spec.ts";
