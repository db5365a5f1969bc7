import { type Result, ok } from "@plimsoll/core/units";
import type { Refusal } from "@plimsoll/sim/exchange";
import type { Answer, Call, Params } from "./call.ts";
import { badParameter } from "./refusals.ts";

/** At most so many in one call. @source OKX API documentation, place multiple orders */
const MOST = 20;

/**
 * Does each row of what was posted and tells for each what became of it: the calls that change orders are never refused as a whole.
 * @param echo what a row says of itself whatever becomes of it.
 */
export function eachRow(
  { rows, simulation }: Call,
  act: (params: Params) => Result<object, Refusal>,
  echo: (params: Params) => object,
): Answer {
  if (rows.length === 0 || rows.length > MOST) return badParameter("data");
  return ok(
    rows.map((params) => {
      const done = act(params);
      const outcome = done.ok
        ? { ...done.value, sCode: "0", sMsg: "" }
        : { sCode: `${done.failure.code}`, sMsg: done.failure.msg };
      return { ...echo(params), ...outcome, ts: `${simulation.now()}` };
    }),
  );
}
