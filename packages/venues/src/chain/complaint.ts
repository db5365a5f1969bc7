import { BaseError } from "viem";

/** What a library's exception says in one line, without an endpoint's address: that may carry an access key. */
export function complaint(error: unknown): string {
  const said = error instanceof BaseError ? `${error.shortMessage} ${error.details}` : String(error);
  const line = said.split("\n")[0] ?? "";
  return line.replaceAll(/(https?|wss?):\/\/[^\s"')]+/g, "the endpoint").slice(0, 300);
}
