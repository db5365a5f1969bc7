import { dec, text, trim } from "@plimsoll/core/units";
import type { AmountFigure, Cover, Reason } from "@plimsoll/server/contract";
import { listText } from "./name.ts";
import { grouped, levelText, moneyText, priceText } from "./number.ts";
import { reasonText } from "./reason.ts";
import { momentText } from "./time.ts";

/** What protects one position if the machine dies now, in one line: by what, how long nothing does, what can be lost, and why. */
export function coverLine(cover: Cover): string {
  const { instrument, size, notBy, assumes } = cover;
  const position = [size && grouped(text(trim(dec(size)))), instrument].filter(Boolean).join(" ");
  const parts = [
    `${shieldsText(cover)}, ${lossText(cover)}`,
    ...said(cover.by.length === 0 ? "because" : "does not count:", notBy),
    ...said("taken for granted:", assumes),
  ];
  const next = [...new Set(notBy.flatMap(({ facts }) => facts["next"] ?? []))].map((step) => `. Next: ${step}`);
  return `${position === "" ? "" : `${position}: `}${parts.join("; ")}${next.join("")}`;
}

function shieldsText({ by, unprotectedMs, atRisk }: Cover): string {
  const open = unprotectedMs > 0 ? ` for ${spanText(unprotectedMs)}` : "";
  if (by.length === 0)
    return `${atRisk.is === "unknown" ? "nothing is known to protect it" : "nothing protects it"}${open}`;
  return `${listText(by.map(shieldText))}${open === "" ? "" : `, a part of it unprotected${open}`}`;
}

const shieldText = (shield: Cover["by"][number]): string =>
  shield.is === "stop"
    ? `a stop lies at the venue at ${priceText(shield.trigger)}`
    : `${shield.executor} may act for it until ${momentText(shield.until)}`;

const lossText = ({ atRisk, bound }: Cover): string =>
  bound === undefined || bound.reachesLiquidation
    ? riskText(atRisk)
    : `${riskText(atRisk)} while no price jumps wider than ${levelText(bound.gap)} through it`;

/** Up to a cent more, never less; what is not known is said to be that. */
function riskText(atRisk: AmountFigure): string {
  switch (atRisk.is) {
    case "known":
      return `${moneyText(atRisk.amount, "ceil")} can be lost`;
    case "stale":
      return `${moneyText(atRisk.last, "ceil")}, as last known, can be lost (${reasonText(atRisk.why)})`;
    case "unknown":
    case "none":
      return `how much can be lost is unknown (${reasonText(atRisk.why)})`;
  }
}

/** Reasons after their word; what to do next is said once, at the line's end. */
function said(word: string, reasons: readonly Reason[]): readonly string[] {
  const sentences = reasons.map(({ code, facts: { next: _said, ...facts } }) => reasonText({ code, facts }));
  return sentences.length === 0 ? [] : [`${word} ${sentences.join(", ")}`];
}

const HOUR_MS = 3_600_000;
/** Whole hours, up; under one, seconds: a time without protection is never shown shorter. */
const spanText = (ms: number): string => (ms < HOUR_MS ? `${Math.ceil(ms / 1_000)} s` : `${Math.ceil(ms / HOUR_MS)} h`);
