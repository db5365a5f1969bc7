import { text, trim } from "@plimsoll/core/units";
import type { Cover, Shield } from "./cover.ts";
import { sayBound } from "./gap-bound.ts";

/** A cover as one line: what protects the position and what can be lost, or that nothing does, for how long, and how much that is. */
export function sayCover(cover: Cover): string {
  const { account, instrument, size, by, unprotectedMs, bound } = cover;
  const what = instrument === undefined || size === undefined ? account : `${text(trim(size))} ${instrument}`;
  if (unprotectedMs > 0)
    return `${what}: nothing protects it for ${spanText(unprotectedMs)}; ${riskText(cover)} can be lost`;
  const shields = by.map(shieldText).join(" and ");
  return `${what}: ${shields}; ${bound === undefined ? `${riskText(cover)} can be lost` : sayBound(cover, bound)}`;
}

const shieldText = (shield: Shield): string =>
  shield.is === "stop"
    ? `a stop at ${text(trim(shield.trigger))} lies at the venue`
    : `${shield.executor} may act for it`;

const riskText = ({ atRisk, unit }: Cover): string =>
  atRisk.is === "known" ? `${text(trim(atRisk.value))} ${unit}` : `an amount that is not known (${atRisk.why.code})`;

const HOUR_MS = 3_600_000;
/** Whole hours, up; under one, seconds. */
const spanText = (ms: number): string => (ms < HOUR_MS ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / HOUR_MS)} h`);
