/** Gas that a call usually takes: what it may cost is counted by it, limits are more. The local market needs 135k to 186k; tokens of public markets do more. */
export const usualGas = 250_000n;
