import type { Guard } from "@plimsoll/core/policy";
import { type Result, type Why, ok } from "@plimsoll/core/units";
import { type BookSource, readBookSource } from "./book-source.ts";
import { checkStops } from "./check-stops.ts";
import { type Foreseen, foresee } from "./foresee.ts";
import { foreseenText } from "./foreseen-text.ts";
import { type ModeStep, TYPED, confirms, looseningsOf, stepTo } from "./guard-changes.ts";
import type { Out } from "./out.ts";
import { candleHistory } from "./recorded-history.ts";

export interface ArmOptions {
  readonly confirm?: string;
  readonly history?: string;
}

/** Shows what arming means; with the hash that this showed it arms. */
export async function arm(
  out: Out,
  file: string,
  name: string,
  { confirm: hash, history }: ArmOptions,
): Promise<Result<void, Why>> {
  const step = stepTo(file, name, "armed");
  if (!step.ok) return step;
  if (hash !== undefined) return armConfirmed(out, file, name, step.value, hash);
  const source = await readBookSource(file);
  if (!source.ok) return source;
  const ahead = await lookAhead(source.value, step.value.after, history);
  if (!ahead.ok) return ahead;
  out.line(differenceText(step.value));
  out.line(foreseenText(ahead.value));
  out.line(`Nothing has changed. Next: plimsoll guard arm ${file} "${name}" --confirm ${typed(step.value)}`);
  return ok(undefined);
}

/** A stop may have come to lie beyond the liquidation since arming was shown. */
async function armConfirmed(
  out: Out,
  file: string,
  name: string,
  step: ModeStep,
  hash: string,
): Promise<Result<void, Why>> {
  const right = confirms(hash, step.version);
  if (!right.ok) return right;
  const stops = await checkStops(step.after, () => readBookSource(file));
  return stops.ok ? confirmed(out, file, step, hash, `${name} is armed`) : stops;
}

async function lookAhead(
  source: BookSource,
  guards: readonly Guard[],
  path: string | undefined,
): Promise<Result<Foreseen, Why>> {
  const candles = path === undefined ? undefined : candleHistory(path, source.events);
  if (candles?.ok === false) return candles;
  if (source.journal?.ok === false) return source.journal;
  return foresee({
    ...{ events: source.events, reserves: source.reserves, at: source.at, guards },
    ...(candles && { candles: candles.value }),
    ...(source.journal && { journal: source.journal.value }),
  });
}

const typed = ({ version }: ModeStep): string => version.slice(0, TYPED);

/** The same to shadow. */
export function disarm(out: Out, file: string, name: string, hash: string | undefined): Result<void, Why> {
  const step = stepTo(file, name, "shadow");
  if (!step.ok) return step;
  if (hash !== undefined) return confirmed(out, file, step.value, hash, `${name} is in shadow`);
  out.line(differenceText(step.value));
  out.line("A keeper goes on with the armed guard for a day, and as long as any account is at act or worse.");
  out.line(`Nothing has changed. Next: plimsoll guard disarm ${file} "${name}" --confirm ${typed(step.value)}`);
  return ok(undefined);
}

function confirmed(out: Out, file: string, step: ModeStep, given: string, said: string): Result<void, Why> {
  const right = confirms(given, step.version);
  if (!right.ok) return right;
  step.write();
  out.line(`${file}: ${said}`);
  return ok(undefined);
}

/** Guard by guard, and which fields of it loosen. */
function differenceText(step: ModeStep): string {
  const looser = looseningsOf(step);
  const lines = step.after.flatMap((guard) => {
    const from = step.before.find(({ id }) => id === guard.id);
    if (from === undefined || from.mode === guard.mode) return [];
    const mine = looser.filter((each) => each.guard === guard.id);
    return [
      `  ${guard.id}: mode ${from.mode} to ${guard.mode}`,
      ...mine.map((each) => `  loosens ${each.field}: ${each.from} to ${each.to}`),
    ];
  });
  return ["Change:", ...(lines.length === 0 ? ["  none"] : lines)].join("\n");
}
