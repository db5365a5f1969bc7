/** What the core or a stranger does to a vault; a moment in seconds. */
export type SkyVenueEffect =
  | { readonly was: "interest"; readonly body: { readonly until: bigint } }
  | { readonly was: "liquidation"; readonly body: SkyLiquidation };

/** An auction of a vault starts, or the oldest auction of a vault is bought out some seconds after its start. */
export type SkyLiquidation =
  | { readonly step: "bark"; readonly vault: string; readonly ilk: string }
  | { readonly step: "take"; readonly vault: string; readonly ilk: string; readonly seconds: bigint };
