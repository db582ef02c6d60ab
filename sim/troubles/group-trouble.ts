// The order group of the maker, in the storms that have one: an operator at the exchange trips it,
// its frames are lost more often than others, and the refusal of an order may not name it.
//
// Drawn from dice of its own, and in seeds without a group nothing is different from before.

import type { Account } from '../../mocks/kalshi/exchange/account.ts'
import type { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import type { OrderGroup } from '../../mocks/kalshi/exchange/facts.ts'
import type { Answer } from '../../mocks/kalshi/exchange/refusal.ts'
import type { Parameters } from '../../src/core/vocabulary/parameters.ts'
import { Dice } from '../../src/statistics/random.ts'
import type { Life } from '../world/life.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

interface GroupStage {
  readonly mailbox: Mailbox
  readonly exchange: Exchange
  readonly account: Account
  readonly life: Life | null
  say(line: () => string): void
  count(what: string): void
}

/** The real code of the refusal is not known. */
const CODES = ['order_group_triggered', 'invalid_order', 'conflict'] as const

export class GroupTrouble {
  /** Also for the ways of the group's requests and frames. */
  readonly dice: Dice
  readonly isOn: boolean
  readonly #stage: GroupStage
  readonly #loseFrame: number
  readonly #code: string
  /** The groups that were tripped here. */
  readonly #tripped = new Set<string>()
  readonly #course: Recurring

  constructor(seed: number, stage: GroupStage) {
    this.#stage = stage
    this.dice = new Dice(seed, 39)
    const { dice } = this
    this.isOn = dice.chance(0.4)
    const every = dice.chance(0.5) ? dice.whole(20_000, 150_000) : 0
    this.#loseFrame = dice.chance(0.5) ? dice.next() : 0
    this.#code = CODES[dice.whole(0, CODES.length - 1)]!
    this.#course = new Recurring(stage, dice)
    if (this.isOn) this.#course.often(every, null, () => this.#trigger())
  }

  /** No group is tripped by anybody any more. */
  end(): void {
    this.#course.end()
  }

  /** The parameters with what the seed says of the group. */
  of({ strategy, limits }: Parameters): Parameters {
    return { strategy: { ...strategy, order_group: this.isOn ? 'on' : 'off' }, limits }
  }

  /** The group that the maker's new orders join, as the exchange knows it. */
  get used(): OrderGroup | null {
    const { life, exchange, account } = this.#stage
    const id = life?.group.status.id ?? null
    return id === null ? null : (exchange.groups.find(account, id) ?? null)
  }

  /** Whether an operator has ever tripped this group, or only trading can have. */
  wasTripped(id: string): boolean {
    return this.#tripped.has(id)
  }

  isLost(): boolean {
    return !this.#course.isOver && this.dice.chance(this.#loseFrame)
  }

  /** What the exchange says of a refused order. */
  disguised({ status, body }: Answer): Answer {
    const text = JSON.stringify(body)
    if (status !== 400 || !text?.includes(CODES[0])) return { status, body }
    this.#stage.count('orders refused by their group')
    return { status, body: JSON.parse(text.replaceAll(CODES[0], this.#code)) as Answer['body'] }
  }

  #trigger(): void {
    const { exchange, say, count } = this.#stage
    const group = this.used
    if (group === null || group.triggered) return
    say(() => '      ~ order group triggered')
    count('order group triggered')
    exchange.at = exchange.now()
    exchange.groups.trigger(group)
    this.#tripped.add(group.id)
  }
}
