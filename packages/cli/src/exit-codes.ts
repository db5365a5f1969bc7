import type { Danger } from "@plimsoll/core/risk";

/** Exit codes for cron and scripts; several accounts exit with the worst. */
export const exitCodes = {
  safe: 0,
  watch: 10,
  act: 11,
  danger: 12,
  liquidatable: 13,
  unknown: 20,
  error: 1,
  usage: 2,
} as const;

export const exitCode = (danger: Danger): number => exitCodes[danger];
