// The standard normal distribution: its density, and its quantile (inverse distribution function).
//
// A binary price p that is a martingale can be written p = Phi(z). Its natural variance at p is
// then proportional to pdf(quantile(p))^2, which the volatility prior is made of. Not a library's,
// because `probit` of simple-statistics is off by 0.01 at p = 0.001, and this one by 1e-15.

const INVERSE_ROOT_TWO_PI = 0.3989422804014327

/** Density of the standard normal at x. */
export const pdf = (x: number): number => INVERSE_ROOT_TWO_PI * Math.exp(-0.5 * x * x)

// Numerators and denominators of three rational approximations, constant term first: near one half,
// in the tail, and in the far tail (below about 1e-11).
const CENTRE_TOP: readonly number[] = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
]
const CENTRE_BOTTOM: readonly number[] = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
]
const TAIL_TOP: readonly number[] = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
]
const TAIL_BOTTOM: readonly number[] = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008,
  0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9,
]
const FAR_TOP: readonly number[] = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487,
  0.026532189526576124, 0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
]
const FAR_BOTTOM: readonly number[] = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
]

const polynomial = (coefficients: readonly number[], x: number): number => {
  let value = 0
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + coefficients[i]!
  return value
}

/**
 * The x below which a standard normal falls with probability p, to about 1e-15 relative.
 * -Infinity at p = 0, Infinity at p = 1, NaN outside 0..1.
 * Source: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477-484.
 */
export const quantile = (p: number): number => {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(CENTRE_TOP, r)) / polynomial(CENTRE_BOTTOM, r)
  }
  const tail = q < 0 ? p : 1 - p
  if (tail === 0) return q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (!(tail > 0)) return Number.NaN
  const root = Math.sqrt(-Math.log(tail))
  const x =
    root <= 5
      ? polynomial(TAIL_TOP, root - 1.6) / polynomial(TAIL_BOTTOM, root - 1.6)
      : polynomial(FAR_TOP, root - 5) / polynomial(FAR_BOTTOM, root - 5)
  return q < 0 ? -x : x
}
