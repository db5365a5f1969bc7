import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import * as z from "zod";
import { type Client, type Trouble, call } from "./transport.ts";

const Restrictions = z.object({ enableWithdrawals: z.boolean(), enableFutures: z.boolean().optional() });

/** What the venue says about a key; `unknown` where it does not say. */
export type KeyPermission =
  | { readonly withdraws: boolean; readonly trades: boolean | "unknown" }
  | { readonly withdraws: "unknown"; readonly why: Why };

/** Asks what the client's key may do: GET sapi v1 account/apiRestrictions. */
export async function askPermission(client: Client): Promise<KeyPermission> {
  const answer = await call(client, (each) => each.sapiGetAccountApiRestrictions());
  if (!answer.ok) return { withdraws: "unknown", why: unsaid(answer.failure) };
  return readPermission(answer.value);
}

/** Reads the answer about a key; what is not a plain yes or no stays unknown. */
export function readPermission(raw: unknown): KeyPermission {
  const parsed = Restrictions.safeParse(raw);
  if (!parsed.success) return { withdraws: "unknown", why: unsaid({ message: z.prettifyError(parsed.error) }) };
  return { withdraws: parsed.data.enableWithdrawals, trades: parsed.data.enableFutures ?? "unknown" };
}

/** Refuses a key that can move money away: a thief of this machine must not be able to. Unknown passes here and is said elsewhere. */
export function refuseWithdrawals(permission: KeyPermission): Result<void, Why> {
  if (permission.withdraws !== true) return ok(undefined);
  return fail(
    why("binance/key-can-withdraw", { next: "make a key without the withdrawal permission and use that one" }),
  );
}

const unsaid = ({ status, code, message }: Trouble): Why =>
  why("binance/key-permission-unknown", {
    status: `${status ?? "none"}`,
    code: `${code ?? "none"}`,
    detail: message,
    next: "check on the venue's API page that this key cannot withdraw",
  });
