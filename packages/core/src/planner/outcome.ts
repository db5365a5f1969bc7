import type { Exact, Why } from "@plimsoll/core/units";

/** Where an intent stands. Terminal: done, refused, expired, superseded, abandoned; everything else is asked about again after a restart. */
export type Outcome =
  | { readonly state: "intended" | "sent" | "ambiguous" | "accepted" }
  | { readonly state: "partly"; readonly done: Exact; readonly left: Exact }
  | {
      readonly state: "done" | "refused" | "expired" | "superseded" | "abandoned";
      readonly why?: Why;
      readonly verified: "as-predicted" | "differs" | "not-yet";
    };
export type ExecutionState = Outcome["state"];
