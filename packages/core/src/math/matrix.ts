/** A small dense matrix, by rows. */
export type Matrix = readonly (readonly number[])[];
export type Vector = readonly number[];

/**
 * Lower triangular L with L * L' = `matrix`, which is symmetric and has no negative eigenvalue; a dependent row gives a zero column.
 * @returns undefined when the matrix has a negative eigenvalue or is not finite.
 */
export function cholesky(matrix: Matrix): Matrix | undefined {
  const lower = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = matrix[i]![j]! - dot(lower[i]!.slice(0, j), lower[j]!);
      const slack = 1e-12 * Math.sqrt(Math.abs(matrix[i]![i]! * matrix[j]![j]!));
      if (i === j) {
        if (!(rest >= -slack)) return undefined;
        lower[i]![i] = rest > slack ? Math.sqrt(rest) : 0;
      } else if (lower[j]![j]! > 0) lower[i]![j] = rest / lower[j]![j]!;
      else if (!(Math.abs(rest) <= 1e4 * slack)) return undefined;
    }
  }
  return lower;
}

/** Sum of products over the shorter of the two. */
export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) sum += a[i]! * b[i]!;
  return sum;
}

export const multiply = (matrix: Matrix, vector: Vector): number[] => matrix.map((row) => dot(row, vector));
export const transpose = (matrix: Matrix): number[][] =>
  (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column]!));

/** Covariances of log moves from their volatilities and correlations. */
export const covariance = (vols: Vector, correlation: Matrix): number[][] =>
  correlation.map((row, i) => row.map((rho, j) => rho * vols[i]! * vols[j]!));
