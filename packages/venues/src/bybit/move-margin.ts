import type { Action } from "@plimsoll/core/book";
import type { Scene } from "@plimsoll/core/margin";
import {
  type Exact,
  type Result,
  type Why,
  ZERO,
  assetId,
  compare,
  fail,
  isNegative,
  isZero,
  larger,
  negate,
  ok,
  subtract,
  text,
  why,
} from "@plimsoll/core/units";
import { type Account, WALLET, accountOf } from "./accounts.ts";
import { pay, payPosition } from "./fill.ts";
import type { Body } from "./holding.ts";
import type { BybitTerms } from "./terms.ts";
import { balanceOf, totalsOf } from "./totals.ts";

type MoveMargin = Extract<Action, { readonly do: "move-margin" }>;

/** Margin moves carry at most this many decimals. @source Bybit API documentation, add or reduce margin */
export const MOVE_SCALE = 4;

/** The position that a move is for and whether it puts in, or why there is no such move. */
export function checkMove(
  body: Body,
  { amount, from, to, asset }: MoveMargin,
): Result<{ readonly account: Isolated; readonly adding: boolean }, Why> {
  if (isZero(amount) || isNegative(amount) || amount.scale > MOVE_SCALE)
    return fail(
      why("bybit/bad-amount", {
        amount: text(amount),
        next: `write an amount above 0 with at most ${MOVE_SCALE} decimals`,
      }),
    );
  const adding = from === WALLET;
  const account = accountOf(body, adding ? to : from);
  if (account?.is === "isolated" && (adding || to === WALLET) && asset === assetId(account.position.coin))
    return ok({ account, adding });
  return fail(
    why("bybit/no-such-move", { from, to, asset, next: "move a position's own coin between wallet and position" }),
  );
}
type Isolated = Extract<Account, { readonly is: "isolated" }>;

/** Moves margin between the wallet and an isolated position, as far as the source can spare it. */
export function moveMargin(body: Body, move: MoveMargin, scene: Scene<BybitTerms>): Result<Body, Why> {
  const { amount, from } = move;
  const checked = checkMove(body, move);
  if (!checked.ok) return checked;
  const { account, adding } = checked.value;
  const most = adding ? ok(walletSpare(body, account.position.coin)) : positionSpare(body, account, scene);
  if (!most.ok) return most;
  if (compare(amount, most.value) > 0)
    return fail(
      why("bybit/margin-insufficient", {
        account: from,
        amount: text(amount),
        free: text(most.value),
        next: "move less",
      }),
    );
  const change = adding ? amount : negate(amount);
  const moved = payPosition(body, account.position, change);
  return ok(pay(moved, account.position.coin, negate(change)));
}

/** Cash of a coin that no open order holds; in isolated margin nothing is borrowed. */
export const walletSpare = (body: Body, coin: string): Exact => {
  const balance = balanceOf(body, coin);
  return balance === undefined ? ZERO : larger(ZERO, subtract(balance.cash, balance.orderMargin));
};

function positionSpare(body: Body, account: Account, scene: Scene<BybitTerms>): Result<Exact, Why> {
  const totals = totalsOf(account, body, scene);
  return totals.ok ? ok(totals.value.free) : totals;
}
