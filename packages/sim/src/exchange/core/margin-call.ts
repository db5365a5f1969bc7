import { ONE } from "./fixed.ts";
import { type Scope, figuresOf, scopesOf } from "./margin.ts";
import { type Turn, isUser, tell } from "./turn.ts";
import { positionKey } from "./wallet.ts";

/** Share of the margin ratio at which the owner is told, 80 %: the venue does not publish its level. */
const CALL_AT = 80n;

/** Tells owners whose margin ratio has come near 100 %, once until it recovers. */
export function callMargins(turn: Turn): void {
  for (const account of turn.state.accounts.values()) {
    if (!isUser(account.id)) continue;
    const near = scopesOf(turn, account).filter((scope) => isNear(turn, scope));
    const fresh = near.filter(({ name }) => !account.called.has(name));
    account.called.clear();
    for (const { name } of near) account.called.add(name);
    const positions = fresh.flatMap((scope) => scope.positions.map(({ symbol, side }) => positionKey(symbol, side)));
    if (positions.length > 0) tell(turn, { type: "margin-call", account: account.id, positions });
  }
}
function isNear(turn: Turn, scope: Scope): boolean {
  const { equity, maintenance } = figuresOf(turn, scope);
  return maintenance > 0n && maintenance * 100n >= equity * ONE * CALL_AT;
}
