// Many seeds counted together: how much was simulated, how hard it rained, and what broke.

import type { Report } from './run.ts'

export interface Failure {
  readonly seed: number
  readonly broken: string
  readonly events: number
}

export class Tally {
  seeds = 0
  virtualMs = 0
  events = 0
  longestUnknown = 0
  readonly counts = new Map<string, number>()
  readonly failures: Failure[] = []

  add(report: Report): void {
    const { seed, broken, events, at } = report
    this.seeds++
    this.virtualMs += at
    this.events += events
    this.longestUnknown = Math.max(this.longestUnknown, report.longestUnknown)
    for (const [what, count] of Object.entries(report.counts)) {
      this.counts.set(what, (this.counts.get(what) ?? 0) + count)
    }
    if (broken !== null) this.failures.push({ seed, broken, events })
  }

  /** @param tookMs real milliseconds */
  text(tookMs: number): string {
    const hours = this.virtualMs / 3_600_000
    const rate = Math.round(this.events / (tookMs / 1000))
    const widest = Math.max(0, ...[...this.counts.keys()].map((what) => what.length))
    const rows = [...this.counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, count]) => `  ${what.padEnd(widest)} ${String(count).padStart(10)}`)
    return [
      `${this.seeds} seeds, ${hours.toFixed(1)} virtual hours, ${this.events} events in ${(tookMs / 1000).toFixed(1)} s: ${rate} events/s`,
      `longest that an order rested unknown to a connected maker: ${this.longestUnknown} ms`,
      ...rows,
      this.failures.length === 0
        ? 'every law held'
        : `${this.failures.length} seeds broke a law: ${this.failures.map(({ seed }) => seed).join(' ')}`,
    ].join('\n')
  }
}
