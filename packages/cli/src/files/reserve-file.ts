import type { Reserve } from "@plimsoll/core/planner";
import {
  type Result,
  type VenueId,
  type Why,
  ZERO,
  below,
  fail,
  holdingId,
  known,
  ms,
  ok,
  text,
  assetId,
  why,
} from "@plimsoll/core/units";
import * as z from "zod";
import type { SourceFile } from "./source-file.ts";
import { amount, share } from "./units.ts";

/** Money that guards may use, as a person writes it. */
export const writtenReserve = z.strictObject({
  in: z.string().min(1).describe("name of the account of this file where the money lies"),
  amount: amount.describe("all that guards may ever take of it, until you write more"),
  floor: amount.optional().describe("what they leave untouched; default: nothing"),
  earns: share.optional().describe("what it earns in a year where it lies, which a rescue loses; default: not known"),
});
export type WrittenReserve = z.output<typeof writtenReserve>;

/**
 * The reserves of a file as data: each is counted from the beginning, so that what was ever spent of it stays spent through restarts.
 */
export function reservesOf(
  file: SourceFile,
  entries: readonly WrittenReserve[],
  accounts: readonly { readonly name: string; readonly venue: string }[],
): Result<readonly Reserve[], Why> {
  const reserves: Reserve[] = [];
  for (const [index, { in: name, amount: all, floor, earns }] of entries.entries()) {
    const refuse = (field: string, detail: string, next: string) => {
      const where = file.at(["reserves", index, field]);
      return fail(why("file-invalid", { where, detail: `${where} reserves[${index}].${field}: ${detail}`, next }));
    };
    const account = accounts.find((each) => each.name === name);
    if (account === undefined)
      return refuse(
        "in",
        `no account is named ${name}`,
        `write one of: ${accounts.map((each) => each.name).join(", ")}`,
      );
    if (floor !== undefined && floor.asset !== all.asset)
      return refuse("floor", `${floor.asset} is not the reserve's ${all.asset}`, `write it in ${all.asset}`);
    if (floor !== undefined && !below(floor.amount, all.amount))
      return refuse("floor", `${text(floor.amount)} leaves nothing of ${text(all.amount)}`, "write a smaller floor");
    reserves.push({
      ...{ asset: assetId(all.asset), at: account.venue as VenueId, holding: holdingId(name) },
      ...{ free: known(all.amount, ms(0)), floor: floor?.amount ?? ZERO },
      ...(earns !== undefined && { yearly: earns }),
    });
  }
  return ok(reserves);
}
