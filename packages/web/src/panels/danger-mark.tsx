import type { Danger } from "@plimsoll/core/risk";
import type { Coverage } from "@plimsoll/server/contract";
import { Icon, dangerShape, shield, shieldHalf, shieldOff } from "./icons.tsx";

/** A danger word with its colour and its shape. */
export function DangerMark({ danger, count }: { readonly danger: Danger; readonly count?: number }) {
  return (
    <span className="danger" data-danger={danger}>
      <Icon>{dangerShape[danger]}</Icon>
      {count === undefined ? danger : `${count} ${danger}`}
    </span>
  );
}

const shields = { armed: shield, shadow: shieldHalf, none: shieldOff } as const;

export function CoverageMark({ coverage, text }: { readonly coverage: Coverage; readonly text: string }) {
  return (
    <span className="coverage" data-coverage={coverage}>
      <Icon>{shields[coverage]}</Icon>
      {text}
    </span>
  );
}
