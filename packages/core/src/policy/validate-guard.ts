import { type Exact, ONE, ZERO, atLeast, below, compare, text } from "@plimsoll/core/units";
import { type Guard, type Remedy, type StandingStop, severities } from "./guard.ts";
import { loosens } from "./loosens.ts";
import { type Problem, isWhole, unless } from "./problem.ts";
import { ruleOf } from "./triggers.ts";

/** Longest wait for confirmation that a default allows: the worst minute of BTC was 6.5 %. */
const LONGEST_CONFIRM_MS = 60_000;

/** Everything wrong in one guard; none where it can do what it says. */
export function validateGuard(guard: Guard): readonly Problem[] {
  return [
    ...unless(/^\S+$/.test(guard.id), "id", guard.id, "is empty or has blanks", "write one word"),
    ...ruleOf(guard.trigger).problems(guard.trigger),
    ...legProblems(guard),
    ...targetProblems(guard),
    ...estimateProblems(guard),
    ...guard.ladder.flatMap((remedy, place) => remedyProblems(remedy, `ladder.${place}`)),
    ...(guard.stops ?? []).flatMap((stop, place) => stopProblems(stop, `stops.${place}`)),
    ...boundsProblems(guard.bounds),
  ];
}

/** Everything wrong between guards: names used twice, a stop and a take-profit of which one is always met. */
export function validateGuards(guards: readonly Guard[]): readonly Problem[] {
  return guards.flatMap((guard, index) => {
    const earlier = guards.slice(0, index);
    const own = validateGuard(guard).map((problem) => ({ ...problem, field: `${guard.id}.${problem.field}` }));
    const isTwice = earlier.some(({ id }) => id === guard.id);
    return [
      ...own,
      ...unless(!isTwice, `${guard.id}.id`, guard.id, "is used twice", "give each guard its own id"),
      ...earlier.flatMap((other) => [...crossedPrices(other, guard), ...crossedRungs(other, guard)]),
    ];
  });
}

function targetProblems({ trigger, target, ladder, stops = [] }: Guard): readonly Problem[] {
  const [first] = ladder;
  switch (target.want) {
    case "notice":
    case "tighten":
      return unless(
        first === undefined,
        "ladder.0.use",
        first?.use,
        `is not used: to ${target.want} takes no action`,
        "leave the ladder empty, or want a health or a share reduced",
      );
    case "match":
      return [
        ...someRemedy(ladder, stops),
        ...unless(trigger.when === "coupled", "target.want", target.want, "knows no other leg", "couple it to one"),
        ...shareProblems(ONE, ladder),
        ...hedgeProblems(trigger, ladder),
      ];
    case "reduce":
      return [...someRemedy(ladder, stops), ...shareProblems(target.share, ladder)];
    case "health":
      return [...someRemedy(ladder, stops), ...healthProblems(trigger, target.at)];
  }
}

/** Our own leg stands against nothing. */
function legProblems({ scope, trigger }: Guard): readonly Problem[] {
  if (trigger.when !== "coupled") return [];
  const isOwn = ({ holding, account }: Guard["scope"]) =>
    holding === scope.holding && (account === undefined || account === (scope.account ?? account));
  return (trigger.also ?? []).flatMap((leg, place) =>
    unless(
      !isOwn(leg),
      `trigger.also.${place}`,
      leg.holding,
      "holds our own leg",
      "name another account, or one unit of it",
    ),
  );
}

/** What is opened where the pair is not counted would be opened again and again. */
function hedgeProblems(trigger: Guard["trigger"], ladder: Guard["ladder"]): readonly Problem[] {
  if (trigger.when !== "coupled") return [];
  const legs = [trigger.holding, ...(trigger.also ?? []).map(({ holding }) => holding)];
  return ladder.flatMap((remedy, place) =>
    remedy.use !== "hedge"
      ? []
      : unless(
          legs.includes(remedy.holding),
          `ladder.${place}.holding`,
          remedy.holding,
          "does not count with the other leg",
          `hedge with ${legs.join(" or ")}, or name it in also`,
        ),
  );
}

const someRemedy = (ladder: Guard["ladder"], stops: readonly StandingStop[]): readonly Problem[] =>
  unless(
    ladder.length > 0 || stops.length > 0,
    "ladder",
    "[]",
    "allows nothing",
    "add a remedy: supply, repay, reduce, add-margin",
  );

function shareProblems(share: Exact, ladder: Guard["ladder"]): readonly Problem[] {
  const other = ladder.findIndex((remedy) => !("instrument" in remedy));
  return [
    ...unless(
      below(ZERO, share) && !below(ONE, share),
      "target.share",
      share,
      "is not a share above 0 and up to 1",
      "write 1 to close all, 0.5 for half",
    ),
    ...unless(
      other < 0,
      `ladder.${other}.use`,
      ladder[other]?.use,
      "cannot reduce a position",
      "leave only reduce in the ladder, or want a health",
    ),
  ];
}

function healthProblems(trigger: Guard["trigger"], at: Exact): readonly Problem[] {
  if (trigger.when !== "health")
    return unless(below(ONE, at), "target.at", at, "is not above the line", "write a health above 1");
  const isAbove = below(trigger.below, at);
  const wrong = isAbove
    ? `is under release ${text(trigger.release)}: a full rescue would not end the episode`
    : `is not above the trigger ${text(trigger.below)}: a rescue would fire again at once`;
  return unless(
    isAbove && atLeast(at, trigger.release),
    "target.at",
    at,
    wrong,
    `write ${text(trigger.release)} or more`,
  );
}

const estimateProblems = ({ estimates = [] }: Guard): readonly Problem[] =>
  estimates.flatMap(({ of, by }, place) =>
    unless(of !== by, `estimates.${place}.by`, by, "is the price itself", "write a price that moves before it"),
  );

function remedyProblems(remedy: Remedy, path: string): readonly Problem[] {
  if ("instrument" in remedy) {
    const isShare = !below(remedy.slippage, ZERO) && below(remedy.slippage, ONE);
    return [
      ...unless(remedy.instrument !== "", `${path}.instrument`, '""', "names nothing", "write the venue's symbol"),
      ...unless(
        isShare,
        `${path}.slippage`,
        remedy.slippage,
        "is not a share of the price",
        "write 0.005 for half a percent",
      ),
      ...(remedy.use === "hedge" ? mostProblems(remedy.most, path) : []),
    ];
  }
  return [
    ...unless(remedy.asset !== "", `${path}.asset`, '""', "names nothing", "write the asset"),
    ...mostProblems(remedy.most, path),
  ];
}

const mostProblems = (most: Exact, path: string): readonly Problem[] =>
  unless(below(ZERO, most), `${path}.most`, most, "allows nothing", "write an amount above 0, or leave the remedy out");

function stopProblems({ instrument, place, through }: StandingStop, path: string): readonly Problem[] {
  const isShare = (share: Exact) => below(ZERO, share) && below(share, ONE);
  return [
    ...unless(instrument !== "", `${path}.instrument`, '""', "names nothing", "write the venue's symbol"),
    ...("at" in place
      ? unless(below(ZERO, place.at), `${path}.place`, place.at, "is not a price", "write a price above 0")
      : unless(
          isShare(place.before),
          `${path}.place`,
          place.before,
          "is not a share of the liquidation price above 0 and under 1",
          "write 0.05 for a stop that comes 5 % before it",
        )),
    ...(through === undefined
      ? []
      : unless(
          isShare(through),
          `${path}.through`,
          through,
          "is not a share of the trigger above 0 and under 1",
          "write 0.1 for a fill at most 10 % beyond the trigger, or leave it out",
        )),
  ];
}

function boundsProblems({
  confirmMs,
  coolDownMs,
  maxAgeMs,
  perDay,
  expires,
  horizonMs,
}: Guard["bounds"]): readonly Problem[] {
  const isWait = Number.isSafeInteger(confirmMs) && confirmMs >= 0 && confirmMs <= LONGEST_CONFIRM_MS;
  return [
    ...unless(isWait, "bounds.confirmMs", `${confirmMs}`, `is not between 0 and ${LONGEST_CONFIRM_MS}`, "write 5000"),
    ...unless(
      isWhole(coolDownMs, 0),
      "bounds.coolDownMs",
      `${coolDownMs}`,
      "is not a duration",
      "write milliseconds, 0 or more",
    ),
    ...unless(
      isWhole(maxAgeMs, 1),
      "bounds.maxAgeMs",
      `${maxAgeMs}`,
      "lets it act on nothing",
      "write the oldest price you would act on, for example 30000",
    ),
    ...unless(isWhole(perDay, 1), "bounds.perDay", `${perDay}`, "lets it never act", "write 1 or more"),
    ...unless(
      expires === undefined || isWhole(expires, 1),
      "bounds.expires",
      `${expires}`,
      "is not a moment",
      "write milliseconds since 1970, or leave it out",
    ),
    ...unless(
      horizonMs === undefined || isWhole(horizonMs, 1),
      "bounds.horizonMs",
      `${horizonMs}`,
      "is no time for which anything could stay",
      "write milliseconds above 0, or leave it out",
    ),
  ];
}

/** Two price guards on the same position, one acting at or below, the other at or above: between them must be room. */
function crossedPrices(a: Guard, b: Guard): readonly Problem[] {
  if (a.trigger.when !== "price" || b.trigger.when !== "price") return [];
  if (a.trigger.quote !== b.trigger.quote || a.trigger.kind !== b.trigger.kind || a.trigger.side === b.trigger.side)
    return [];
  if (a.scope.holding !== b.scope.holding || a.scope.account !== b.scope.account) return [];
  const [low, high] = a.trigger.side === "at-or-below" ? [a.trigger.at, b.trigger.at] : [b.trigger.at, a.trigger.at];
  const wrong = `crosses ${a.id} at ${text(a.trigger.at)}: at every price one of the two is met`;
  return unless(
    compare(low, high) < 0,
    `${b.id}.trigger.at`,
    b.trigger.at,
    wrong,
    "put the lower price under the upper one",
  );
}

/** Of two rungs of a ladder the more severe one acts later: what loosens nothing against the milder one would come first. */
function crossedRungs(a: Guard, b: Guard): readonly Problem[] {
  if (a.rung === undefined || a.rung.of !== b.rung?.of || a.trigger.when !== b.trigger.when) return [];
  const rank = ({ rung }: Guard) => severities.indexOf(rung!.severity);
  const [mild, severe] = rank(a) < rank(b) ? [a, b] : [b, a];
  const field = `${b.id}.rung.severity`;
  if (rank(a) === rank(b))
    return unless(false, field, b.rung.severity, `is also the rung of ${a.id}`, "give each rung its own severity");
  const later = loosens(mild, { ...mild, trigger: severe.trigger });
  const earlier = loosens(severe, { ...severe, trigger: mild.trigger });
  const wrong = `of ${severe.id} does not act later than the ${mild.rung!.severity} of ${mild.id}`;
  const release = new Set(["trigger.release", "trigger.releaseMs"]);
  const isLater =
    later.some(({ field: one }) => !release.has(one)) && earlier.every(({ field: one }) => release.has(one));
  return unless(isLater, field, severe.rung!.severity, wrong, "put the more severe rung further down");
}
