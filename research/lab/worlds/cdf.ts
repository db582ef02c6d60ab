// The standard normal distribution function, the inverse of `quantile` in the core.
//
// Only the lab needs it: a market whose information arrives evenly until the close is priced by it.
// Source: Hart's algorithm 5666 as given by G. West, "Better approximations to cumulative normal
// functions", Wilmott 2005; about 1e-15 absolute.

const TOP: readonly number[] = [
  0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
]
const BOTTOM: readonly number[] = [
  0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
]

const polynomial = (coefficients: readonly number[], x: number): number => {
  let value = 0
  for (let i = 0; i < coefficients.length; i++) value = value * x + coefficients[i]!
  return value
}

/** Probability that a standard normal is below x. */
export const cdf = (x: number): number => {
  const z = Math.abs(x)
  let tail = 0
  if (z < 7.07106781186547) {
    tail = (Math.exp((-z * z) / 2) * polynomial(TOP, z)) / polynomial(BOTTOM, z)
  } else if (z < 37) {
    const fraction = z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))
    tail = Math.exp((-z * z) / 2) / fraction / 2.506628274631
  }
  return x > 0 ? 1 - tail : tail
}
