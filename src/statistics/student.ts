// Student's t: how large a difference must be, in its standard errors, before chance is unlikely.

const HALVINGS = 200
/** Beyond this no difference is asked for: one degree of freedom at 1e-6. */
const LARGEST = 1e7

/**
 * P(|T| <= t), 0..1, for a whole number of degrees of freedom >= 1 and t >= 0. Exact finite sums:
 * Abramowitz and Stegun, 26.7.3 and 26.7.4.
 */
export const studentWithin = (t: number, freedom: number): number => {
  const angle = Math.atan(t / Math.sqrt(freedom))
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)]
  const isOdd = freedom % 2 === 1
  let sum = 0
  let term = isOdd ? cosine : 1
  for (let n = isOdd ? 1 : 0; n <= freedom - 2; n += 2) {
    sum += term
    term *= (cosine * cosine * (n + 1)) / (n + 2)
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
}

/**
 * The |t| that is exceeded by chance with a probability of `share`, 0 < share < 1; two-sided.
 * Infinity without a degree of freedom.
 */
export const studentLimit = (share: number, freedom: number): number => {
  if (freedom < 1) return Number.POSITIVE_INFINITY
  let [low, high] = [0, LARGEST]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (studentWithin(middle, freedom) < 1 - share) low = middle
    else high = middle
  }
  return high
}
