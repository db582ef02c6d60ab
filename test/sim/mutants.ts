// Deliberate defects, one at a time: each a small, plausible mistake. A storm or a unit test must notice
// every one of them, or a test is missing. `npm run mutants` applies them to a copy of the project.
//
// `find` must occur in the file exactly once, so that a defect whose place has moved is noticed too.

export interface Mutant {
  readonly defect: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** The unit tests that ought to notice, by file name without its ending. */
  readonly unit: readonly string[]
}

export const MUTANTS: readonly Mutant[] = [
  {
    defect: 'a delta is taken as the new size',
    file: 'src/core/book.ts',
    find: 'const size = levels.size[price]! + change',
    replace: 'const size = Math.max(0, change)',
    unit: ['book'],
  },
  {
    defect: 'a gap in the sequence is ignored',
    file: 'src/core/engine.ts',
    find: "if (channel === 'orderbook_delta') this.conduct.doubt('gap', at)",
    replace: '',
    unit: ['engine', 'engine-book'],
  },
  {
    defect: 'repeated frames are applied again',
    file: 'src/core/stream.ts',
    find: "if (seq < expected) return 'repeat'",
    replace: "if (seq < expected) return 'ok'",
    unit: ['stream'],
  },
  {
    defect: 'a timeout is taken as a failure',
    file: 'src/core/execution.ts',
    find: "this.counters.unknown++\n        this.orders.move(order, 'lost', at)",
    replace: "this.counters.unknown++\n        this.orders.move(order, 'refused', at)",
    unit: ['execution', 'execution-doubt'],
  },
  {
    defect: 'a cancel counts as done when it is sent',
    file: 'src/core/execution.ts',
    find: "this.#sent(order, 'ask-cancel', at, at)",
    replace: "this.#sent(order, 'ask-cancel', at, at)\n    this.orders.move(order, 'gone', at)",
    unit: ['execution'],
  },
  {
    defect: 'fees are rounded to cents',
    file: 'src/kalshi/records.ts',
    find: 'parseMoney(raw.fee_cost)',
    replace: 'Math.round(parseMoney(raw.fee_cost) / 10_000) * 10_000',
    unit: ['kalshi/wire', 'kalshi/bodies'],
  },
  {
    defect: 'a fill that comes twice is counted twice',
    file: 'src/core/position.ts',
    find: "if (this.#listed.has(key) || this.#merged.has(key)) return 'duplicate'",
    replace: '',
    unit: ['position'],
  },
  {
    defect: 'limits forget what an amend on its way may add',
    file: 'src/core/risk.ts',
    find: 'Math.max(order.remaining, order.nextRemaining)',
    replace: 'order.remaining',
    unit: ['risk'],
  },
  {
    defect: 'limits forget contracts whose fills have not come yet',
    file: 'src/core/risk.ts',
    find: 'Math.max(0, order.filled - order.booked)',
    replace: '0',
    unit: ['risk'],
  },
  {
    defect: 'an order that a 404 ends cannot have been filled',
    file: 'src/core/orders.ts',
    find: 'order.filled += Math.max(order.remaining, order.nextRemaining)',
    replace: '',
    unit: ['execution', 'reconcile'],
  },
  {
    defect: 'a cancel after an amend of unknown fate counts from the smaller size',
    file: 'src/core/execution.ts',
    find: 'const left = Math.max(order.remaining, order.nextRemaining)',
    replace: 'const left = Math.min(order.remaining, order.nextRemaining)',
    unit: ['execution'],
  },
  {
    defect: 'a second order may go out while the first of its side is exposed',
    file: 'src/core/orders.ts',
    find: "if (order.side === side && order.status !== 'done') return order\n    }\n    return null",
    replace:
      "if (order.side === side && order.status === 'resting') return order\n    }\n    return null",
    unit: ['orders', 'execution'],
  },
  {
    defect: 'own quotes are not kept from crossing each other',
    file: 'src/core/risk.ts',
    find: "if (side === 'bid' ? price >= theirs : price <= theirs) {",
    replace: 'if (theirs < 0) {',
    unit: ['risk'],
  },
  {
    defect: 'inventory skews the quotes the wrong way',
    file: 'src/core/quoting.ts',
    find: 'out.skew = -input.inventory * input.gamma * variance',
    replace: 'out.skew = input.inventory * input.gamma * variance',
    unit: ['quoting'],
  },
  {
    defect: 'silence of the line is not noticed',
    file: 'src/core/link.ts',
    find: "return (rule === 'link' ? this.lastHeardAt : this.lastTickAt) + afterMs",
    replace: "return rule === 'link' ? NEVER : this.lastTickAt + afterMs",
    unit: ['link', 'conduct'],
  },
  {
    defect: 'no tokens are kept back for cancels',
    file: 'src/core/budget.ts',
    find: 'return Math.max(0, Math.min(wanted, capacity - cost.place))',
    replace: 'return 0 * wanted',
    unit: ['budget'],
  },
  {
    defect: 'orders are not paid for from the budget',
    file: 'src/core/budget.ts',
    find: 'this.#tokens -= cost\n',
    replace: "if (kind === 'cancel') this.#tokens -= cost\n",
    unit: ['budget'],
  },
  {
    defect: 'an amend forgets the part that is filled',
    file: 'src/core/execution.ts',
    find: 'total: order.filled + remaining,',
    replace: 'total: remaining,',
    unit: ['execution'],
  },
  {
    defect: 'orders of the run before are not noticed after a restart',
    file: 'src/core/reconcile.ts',
    find: 'order = orders.adopt(report, at)\n      verdict.orphans.push(order)\n    } else if',
    replace: 'continue\n    } else if',
    unit: ['reconcile'],
  },
  {
    defect: 'reads are trusted at once after a restart',
    file: 'src/core/recovery.ts',
    find: 'this.#trustFrom = at + READ_LAG_MS',
    replace: 'this.#trustFrom = at',
    unit: ['recovery'],
  },
  {
    defect: 'quotes go out before the recovery is done',
    file: 'src/core/conduct.ts',
    find: 'if (market === null || !recovery.isDone) {',
    replace: 'if (market === null) {',
    unit: ['conduct', 'engine'],
  },
  {
    defect: 'one clean listing is enough, however old',
    file: 'src/core/recovery.ts',
    find: "this.#cleanAskedAt >= this.#from('orders', since)",
    replace: 'this.#cleanAskedAt >= 0',
    unit: ['recovery'],
  },
  {
    defect: 'own orders are not taken out of the book',
    file: 'src/core/orders.ts',
    find: 'if (order.shownPrice === price) total += order.shownSize',
    replace: '',
    unit: ['orders', 'engine'],
  },
  {
    defect: 'an amended order is followed at the level it has left',
    file: 'src/core/orders.ts',
    find: 'if (order.leftPrice === price) total += order.leftSize',
    replace: '',
    unit: ['orders'],
  },
  {
    defect: 'nobody looks whether a quote would trade at once',
    file: 'src/core/risk.ts',
    find: "if (side === 'bid' ? price >= view.bestAsk : price <= view.bestBid) {",
    replace: 'if (view.bestAsk < 0) {',
    unit: ['risk'],
  },
  {
    defect: 'orders are not post-only',
    file: 'src/kalshi/requests.ts',
    find: 'post_only: true,',
    replace: 'post_only: false,',
    unit: ['kalshi/rest', 'kalshi/bodies'],
  },
  {
    defect: 'a 429 does not stop orders',
    file: 'src/core/execution.ts',
    find: 'this.pausedUntil = at + RATE_LIMIT_PAUSE_MS',
    replace: 'this.pausedUntil = at',
    unit: ['execution'],
  },
  {
    defect: 'a pause of the market is not acted on',
    file: 'src/core/engine.ts',
    find: ": frame.deactivated === true\n            ? 'inactive'",
    replace: ": frame.deactivated === true\n            ? 'active'",
    unit: ['conduct', 'engine'],
  },
  {
    defect: 'a halted maker goes on quoting',
    file: 'src/core/conduct.ts',
    find: "if (operator === 'halt') return this.#be('halted', operatorReason)",
    replace: '',
    unit: ['conduct'],
  },
  {
    defect: "the probe's orders are canceled as orphans",
    file: 'src/core/reconcile.ts',
    find: "report.status !== 'resting' || report.clientOrderId.startsWith(PROBE_PREFIX)",
    replace: "report.status !== 'resting'",
    unit: ['reconcile'],
  },
  {
    defect: 'orders are never renewed before they expire',
    file: 'src/core/planning.ts',
    find: "return at >= renewalAt(order, rules) ? { do: 'renew', order } : null",
    replace: 'return null',
    unit: ['planning'],
  },
  {
    defect: "the exchange's position is believed before the missing fills were asked for",
    file: 'src/core/recovery.ts',
    find: 'if (fillsAt > this.#triedWith) this.#tries++',
    replace: 'this.#tries++',
    unit: ['recovery'],
  },
  {
    defect: 'fills of one millisecond are booked as they arrive',
    file: 'src/core/position.ts',
    find: 'if (previous !== undefined) {',
    replace: 'if (previous === kept) {',
    unit: ['position'],
  },
  {
    defect: 'closing a short rounds its cost the other way',
    file: 'src/core/position.ts',
    find: 'if (position > 0) return mulDivRound(cost, closing, position)',
    replace: 'if (position !== 0) return mulDivRound(cost, closing, Math.abs(position))',
    unit: ['position'],
  },
  {
    defect: 'the tape goes back in time with the clock',
    file: 'src/core/conduct.ts',
    find: 'this.#rowAt = Math.max(this.#rowAt, at)',
    replace: 'this.#rowAt = at',
    unit: ['conduct'],
  },
]
