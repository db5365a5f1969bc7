import { type Compiled, type LineName, type Scene, formBuilder } from "@plimsoll/core/margin";
import { type AccountKey, exact, toNumber } from "@plimsoll/core/units";
import { RAD_SCALE, isSkyLine } from "./assess.ts";
import { RAY } from "./fixed-point.ts";
import type { SkyBody } from "./holding.ts";
import { currentQuote, nextQuote } from "./names.ts";
import { positionOf } from "./position.ts";
import { pricesOf } from "./prices.ts";
import type { SkyTerms } from "./terms.ts";

/** Largest relative error of one float64 rounding. */
const HALF_ULP = 2 ** -53;

/** The form of one line: have = ink * price / par / mat at the current or the queued price, need = debt; interest is the accrual, to first order. */
export function compileSky(body: SkyBody, account: AccountKey, scene: Scene<SkyTerms>, line: LineName): Compiled {
  if (!isSkyLine(line)) return { unknown: `sky has no line "${line}": it has maintenance and warn` };
  const position = positionOf(body, account, scene.terms.body);
  if (!position.ok) return { unknown: position.failure.facts["value"] ?? position.failure.code };
  const { vault, held, terms, debt } = position.value;
  if (debt === 0n) return { none: "no-debt" };
  if (line === "warn" && terms.delay === 0n) return { unknown: `${vault.ilk} has no queued price` };
  const prices = pricesOf(terms, scene);
  if (!prices.ok) return { unknown: `${prices.failure.code} ${prices.failure.facts["quote"]}` };

  const form = formBuilder();
  const ratio = toNumber(exact(scene.terms.body.par, 27)) * toNumber(exact(terms.mat, 27));
  const ink = toNumber(exact(vault.ink, 18));
  const need = toNumber(exact(debt, RAD_SCALE));
  form.have.line(form.price((line === "warn" ? nextQuote : currentQuote)(terms.asset)), ink / ratio);
  form.need.add(need);
  if (held.fee !== "unknown") form.accrual.add(-need * Math.log1p(toNumber(exact(held.fee - RAY, 27))) * 86_400);
  return {
    form: form.build({
      line,
      unit: scene.terms.body.stable,
      atZero: "safe",
      // spot loses less than a RAY unit at each of its two floors, a what-if's price less than a WAD unit; then slope and product in float64
      error: { absolute: ink * 2e-27 + (ink / ratio) * 1e-18, relative: 8 * HALF_ULP },
      compiledAtMs: Number(body.timestamp) * 1000,
    }),
  };
}
