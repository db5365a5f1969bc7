import { ok } from "@plimsoll/core/units";
import { marketOf } from "@plimsoll/sim/exchange";
import { positionRow, summaryRow } from "./account-payload.ts";
import { type Call, type Method, accountFor, marketsFor, oneMarket, ownerOf } from "./call.ts";
import { scopeOf } from "./credentials.ts";
import { CURRENCY } from "./perpetuals.ts";
import { type Answer, WEBSOCKET_ONLY, badParameter } from "./refusals.ts";

export const accountMethods: Readonly<Record<string, Method>> = {
  "private/get_account_summaries": {
    needs: "read",
    answer: (call) => ok({ ...ownerRow(call), summaries: [summaryRow(call.simulation, accountFor(call))] }),
  },
  "private/get_account_summary": {
    needs: "read",
    answer: (call) =>
      call.params.get("currency") === CURRENCY
        ? ok({ ...ownerRow(call), ...summaryRow(call.simulation, accountFor(call)) })
        : badParameter("currency", "invalid currency"),
  },
  "private/get_positions": { needs: "read", answer: positions },
  "private/get_position": {
    needs: "read",
    answer: (call) =>
      oneMarket(call, ({ instrument }) => {
        const held = [...accountFor(call).positions.values()].find(({ symbol }) => symbol === instrument.symbol);
        const none = {
          instrument_name: instrument.symbol,
          kind: "future",
          direction: "zero",
          size: 0,
          average_price: 0,
        };
        return ok(held === undefined ? none : positionRow(call.simulation, accountFor(call), held));
      }),
  },
  "private/get_user_locks": {
    needs: "read",
    answer: () => ok([{ currency: CURRENCY, enabled: false }]),
  },
  "private/get_settlement_history_by_currency": {
    needs: "read",
    answer: () => ok({ settlements: [], continuation: "none" }),
  },
  "private/get_cancel_on_disconnect": { needs: "read", answer: cancelOnDisconnect },
  "private/enable_cancel_on_disconnect": { needs: "read", answer: (call) => setCancelOnDisconnect(call, true) },
  "private/disable_cancel_on_disconnect": { needs: "read", answer: (call) => setCancelOnDisconnect(call, false) },
};

/** Whose account it is. */
const ownerRow = (call: Call) => ({
  id: 1,
  email: `${ownerOf(call)}@example.com`,
  username: ownerOf(call),
  system_name: ownerOf(call),
  type: "main",
  ...(call.key !== undefined && { scope: scopeOf(call.key) }),
});

function positions(call: Call): Answer {
  const account = accountFor(call);
  const wanted = new Set(marketsFor(call));
  return ok(
    [...account.positions.values()]
      .filter(({ symbol }) => wanted.has(marketOf(call.simulation, symbol)))
      .map((position) => positionRow(call.simulation, account, position)),
  );
}

const scopeIn = ({ params }: Call): "connection" | "account" =>
  params.get("scope") === "account" ? "account" : "connection";

function cancelOnDisconnect(call: Call): Answer {
  const scope = scopeIn(call);
  if (scope === "account") return ok({ scope, enabled: call.cancelOnDisconnect.has(ownerOf(call)) });
  return call.connection === undefined ? WEBSOCKET_ONLY : ok({ scope, enabled: call.connection.cancelOnDisconnect });
}

/** Of the account it is what every connection opened from now on begins with. */
function setCancelOnDisconnect(call: Call, enabled: boolean): Answer {
  if (call.connection === undefined) return WEBSOCKET_ONLY;
  if (scopeIn(call) === "connection") call.connection.cancelOnDisconnect = enabled;
  else if (enabled) call.cancelOnDisconnect.add(ownerOf(call));
  else call.cancelOnDisconnect.delete(ownerOf(call));
  return ok("ok");
}
