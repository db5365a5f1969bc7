import { happens } from "./core/index.ts";
import type { Request } from "./request.ts";

/** What goes wrong with a call. Times are wall milliseconds. */
export type Fault =
  /** The effect happens, the reply never comes: the connection stays open and silent. */
  | { readonly kind: "lost-reply" }
  /** The call is processed twice; the caller sees the answer of the first or the second. */
  | { readonly kind: "doubled"; readonly answer: "first" | "second" }
  /** The effect happens at once, the reply comes late. */
  | { readonly kind: "late-reply"; readonly ms: number }
  /** The connection breaks without a reply, before or after the effect. */
  | { readonly kind: "disconnect"; readonly effect: boolean }
  /** An answer of the venue's choice, with or without the effect. */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly code: number;
      readonly msg: string;
      readonly effect: boolean;
    }
  /** -1008: the venue is overloaded and lets only closing orders pass. */
  | { readonly kind: "overload" };

/**
 * HTTP 503 says two things, by its message: this one is "status unknown" and may have executed. The numeric codes of both are assumed.
 * @source Binance USD-M general information, HTTP return codes
 */
export const unknown503 = (effect: boolean): Fault => ({
  kind: "error",
  status: 503,
  code: -1000,
  msg: "Unknown error, please check your request or try again later.",
  effect,
});
/** HTTP 503 that says the call failed. */
export const failed503: Fault = { kind: "error", status: 503, code: -1001, msg: "Service Unavailable.", effect: false };
const overloaded: Extract<Fault, { kind: "error" }> = {
  kind: "error",
  status: 503,
  code: -1008,
  msg: "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.",
  effect: false,
};

/** Which calls a fault hits: a method and path ("POST /fapi/v1/order"), for the next `times` calls or a share of them. */
export interface FaultRule {
  readonly on: string;
  readonly fault: Fault;
  readonly times?: number;
  readonly ppm?: number;
}

/** The faults of one front, switched while it runs; chance is seeded by the number of the call. */
export class Faults {
  readonly #seed: bigint;
  #rules: { readonly rule: FaultRule; left: number }[] = [];
  #calls = 0;
  /** While true, ids of closed orders are forgotten at once: queries by them answer -2013. */
  forgetClosedIds = false;

  constructor(seed: bigint) {
    this.#seed = seed;
  }
  /** Adds a rule. @returns what takes it away again. */
  add(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.push(entry);
    return () => void (this.#rules = this.#rules.filter((other) => other !== entry));
  }
  clear(): void {
    this.#rules = [];
    this.forgetClosedIds = false;
  }
  /** The fault that hits this call, if any; the first rule that matches decides. */
  hit(request: Request): Fault | undefined {
    this.#calls += 1;
    for (const [at, entry] of this.#rules.entries()) {
      if (entry.left <= 0 || entry.rule.on !== `${request.method} ${request.path}`) continue;
      if (entry.rule.ppm !== undefined && !happens(entry.rule.ppm, this.#seed, "fault", at, this.#calls)) continue;
      entry.left -= 1;
      const { fault } = entry.rule;
      if (fault.kind !== "overload") return fault;
      return isClosing(request) ? undefined : overloaded;
    }
    return undefined;
  }
}

const isClosing = ({ params, method, path }: Request): boolean => {
  if (method !== "POST" || !/\/(order|algoOrder)$/.test(path)) return false;
  const against =
    (params.get("positionSide") === "LONG" && params.get("side") === "SELL") ||
    (params.get("positionSide") === "SHORT" && params.get("side") === "BUY");
  return params.get("reduceOnly") === "true" || params.get("closePosition") === "true" || against;
};
