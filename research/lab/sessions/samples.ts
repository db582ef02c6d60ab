// Many sessions of one maker, and what can be said of them: averages, spreads, and how sure we are.
//
// A standard error stands beside everything that is compared, because two hundred lucky sessions
// look like skill.

import { type Account, emptyAccount } from './play.ts'

type Measure = keyof Account

const MEASURES = Object.keys(emptyAccount()) as readonly Measure[]

/** A number and its standard error. */
export interface Estimate {
  readonly value: number
  readonly error: number
}

export class Samples {
  readonly name: string
  readonly columns: Readonly<Record<Measure, Float64Array>>
  count = 0

  constructor(name: string, size: number) {
    this.name = name
    const columns = {} as Record<Measure, Float64Array>
    for (const measure of MEASURES) columns[measure] = new Float64Array(size)
    this.columns = columns
  }

  /** Samples that came from another thread without their methods. */
  static of({ name, count, columns }: Pick<Samples, 'name' | 'count' | 'columns'>): Samples {
    const samples = new Samples(name, 0)
    samples.count = count
    Object.assign(samples.columns, columns)
    return samples
  }

  /** The same maker's sessions from several pieces, in order. */
  static join(parts: readonly Samples[]): Samples {
    const all = new Samples(parts[0]!.name, 0)
    for (const { count } of parts) all.count += count
    const columns: Partial<Record<Measure, Float64Array>> = {}
    for (const measure of MEASURES) {
      const column = new Float64Array(all.count)
      let at = 0
      for (const part of parts) {
        column.set(part.columns[measure].subarray(0, part.count), at)
        at += part.count
      }
      columns[measure] = column
    }
    Object.assign(all.columns, columns)
    return all
  }

  add(account: Account): void {
    const i = this.count++
    for (const measure of MEASURES) this.columns[measure][i] = account[measure]
  }

  mean(measure: Measure): Estimate {
    const { value, sd } = this.#moments(measure)
    return { value, error: sd / Math.sqrt(this.count) }
  }

  /** Standard deviation; its error takes fat tails into account (fourth moment). */
  sd(measure: Measure): Estimate {
    const { sd, kurtosis } = this.#moments(measure)
    return { value: sd, error: sd * Math.sqrt(Math.max(kurtosis - 1, 0) / (4 * this.count)) }
  }

  /** Mean over standard deviation per session; the error is the usual one for a Sharpe ratio. */
  ratio(measure: Measure): Estimate {
    const { value, sd } = this.#moments(measure)
    const ratio = sd > 0 ? value / sd : 0
    return { value: ratio, error: Math.sqrt((1 + (ratio * ratio) / 2) / this.count) }
  }

  /** The value that a share `level` of sessions falls below; its error from neighbouring ranks. */
  quantile(measure: Measure, level: number): Estimate {
    const sorted = this.columns[measure].slice(0, this.count).sort()
    const at = (share: number): number =>
      sorted[Math.min(this.count - 1, Math.max(0, Math.floor(share * this.count)))]!
    const spread = Math.sqrt((level * (1 - level)) / this.count)
    return { value: at(level), error: (at(level + spread) - at(level - spread)) / 2 }
  }

  /** Total of one measure per unit of another, over all sessions. */
  per(measure: Measure, other: Measure): number {
    const below = this.mean(other).value
    return below > 0 ? this.mean(measure).value / below : 0
  }

  #moments(measure: Measure): { value: number; sd: number; kurtosis: number } {
    const column = this.columns[measure]
    const n = this.count
    let sum = 0
    for (let i = 0; i < n; i++) sum += column[i]!
    const value = sum / n
    let squares = 0
    let fourths = 0
    for (let i = 0; i < n; i++) {
      const d2 = (column[i]! - value) ** 2
      squares += d2
      fourths += d2 * d2
    }
    const sd = Math.sqrt(squares / Math.max(n - 1, 1))
    return { value, sd, kurtosis: squares > 0 ? (n * fourths) / (squares * squares) : 3 }
  }
}
