/** Reads a venue's code out of the error of a refused call, by the first pattern that finds one; NaN where the call was accepted. */
export const refusalCode =
  (...patterns: readonly RegExp[]) =>
  async (call: Promise<unknown>): Promise<number> => {
    const error = await call.then(
      () => new Error("it was accepted"),
      (failure: unknown) => failure,
    );
    return Number(patterns.map((pattern) => pattern.exec(String(error))?.[1]).find((found) => found !== undefined));
  };
