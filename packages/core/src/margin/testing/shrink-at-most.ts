import * as fc from "fast-check";

/**
 * The body of a property that looks at no more than `steps` examples after its first failure, and then reports the smallest failure
 * met so far. Shrinking has no end of its own: where one smaller number makes room for another, it can go on until memory is full,
 * and the finding is lost.
 */
export function shrinkAtMost<A extends readonly unknown[]>(
  steps: number,
  body: (...example: A) => void,
): (...example: A) => void {
  let [failed, looked] = [false, 0];
  return (...example) => {
    if (failed && ++looked > steps) throw new fc.PreconditionFailure(true);
    try {
      body(...example);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
}
