// The desk's limits, another maker that shares them, and takers who know better, in some storms:
// all that should run a maker over its brakes.
//
// The real shares of the desk (durable/desk/risk.ts) are granted to the tested maker and to another
// ticker of the same event, which trades as it likes within its own. The dice are its own, so that
// the storms of all other seeds stay as they were.

import type { Crowd } from '../../mocks/kalshi/crowd/crowd.ts'
import { riskReport } from '../../src/core/maker/limits/risk-report.ts'
import { FIRST_TERMS } from '../../src/core/orders/desk-room.ts'
import type { DeskTerms, RiskReport, TradingState } from '../../src/core/vocabulary/desk.ts'
import type { Event } from '../../src/core/vocabulary/events.ts'
import type { Limits, Parameters } from '../../src/core/vocabulary/parameters.ts'
import { DOLLAR, type Millis, type Money } from '../../src/core/vocabulary/units.ts'
import { freshRisk, grantRisk, type RiskState } from '../../src/durable/desk/risk.ts'
import { Dice } from '../../src/statistics/random.ts'
import { TICKER } from '../market.ts'
import type { Life } from '../world/life.ts'
import type { Mailbox } from '../world/mailbox.ts'
import { Recurring } from './recurring.ts'

const RENEW_MS = 5_000
const LEASE_MS = 45_000
const DAY_MS = 86_400_000
const OTHER = 'KXTEST-26DEC31-T60'
const WIDE = 1_000_000

interface Floor {
  readonly mailbox: Mailbox
  readonly crowd: Crowd
  readonly ownNow: Millis
  readonly life: Life | null
  readonly desk: { readonly isAway: boolean }
  parameters: Parameters
  say(line: () => string): void
  count(what: string): void
  tell(event: Event): void
}

export class RiskDesk {
  /** Whether this storm has limits of the desk and tight brakes. */
  readonly isHere: boolean
  readonly #world: Floor
  readonly #dice: Dice
  #risk: RiskState = freshRisk()
  #away = false
  readonly #course: Recurring
  /** What the other ticker was granted, and has gained today. */
  #other = { yes: 0, no: 0 }
  #otherGain: Money = 0

  constructor(world: Floor, seed: number) {
    this.#world = world
    this.#dice = new Dice(seed, 35)
    this.#course = new Recurring(world, this.#dice)
    const dice = this.#dice
    this.isHere = dice.chance(0.4)
    if (!this.isHere) return
    this.#limit({
      max_session_loss: 0.5 * 20 ** dice.next(),
      max_drawdown: 0.5 * 20 ** dice.next(),
      max_orders_per_minute: dice.whole(60, 600),
    })
    const limits = {
      max_daily_loss: 4 * 10 ** dice.next(),
      max_event_dollars_at_risk: 5 * 10 ** dice.next(),
      max_desk_dollars_at_risk: 5 * 10 ** dice.next(),
      min_cash: dice.chance(0.3) ? 9_980 : 0,
    }
    this.#risk = { ...this.#risk, limits }
    this.#course.often(5_000, null, () => this.#trade())
    this.#course.often(dice.whole(8_000, 40_000), null, () => this.#inform())
    this.#course.often(60_000, null, () => this.#leave())
    this.#course.often(40_000, null, () => this.#restrain())
    this.#renew()
  }

  /** A life that begins knows nothing of the desk; what persons want of its ticker is stored. */
  born(): void {
    if (!this.isHere) return
    const { world, state } = { world: this.#world, state: this.#tickerState }
    world.tell({ type: 'desk', at: world.ownNow, terms: FIRST_TERMS })
    if (state !== 'active') world.tell({ type: 'state', at: world.ownNow, state })
    this.#grant()
  }

  /** A person releases the maker, which begins by the terms of now. */
  released(): void {
    if (this.isHere) this.#grant()
  }

  /** Wide limits and no restraint, for good. */
  end(): void {
    if (!this.isHere) return
    this.#course.end()
    this.#away = false
    const wide = { max_event_dollars_at_risk: WIDE, max_desk_dollars_at_risk: WIDE }
    const limits = { ...wide, max_daily_loss: WIDE, min_cash: 0 }
    this.#risk = { ...this.#risk, limits, state: 'active' }
    this.#limit({ max_session_loss: WIDE, max_drawdown: WIDE, max_orders_per_minute: 100_000 })
    this.#setState('active')
    this.#grant()
  }

  #tickerState: TradingState = 'active'

  #limit(change: Partial<Limits>): void {
    const world = this.#world
    const { strategy, limits } = world.parameters
    world.parameters = { strategy, limits: { ...limits, ...change } }
    world.tell({ type: 'configure', at: world.ownNow, parameters: world.parameters })
  }

  #renew(): void {
    this.#world.mailbox.post(RENEW_MS, () => {
      this.#grant()
      this.#renew()
    })
  }

  #grant(): void {
    const { life, ownNow, desk } = this.#world
    if (life === null || this.#away || desk.isAway) return
    const { state, decider } = life.engine
    const report = riskReport(state, decider, ownNow)
    if (report === null) return
    const terms = this.#grantTo(TICKER, report)
    this.#world.count(`terms with room ${terms.most.no > report.held.no ? 'left' : 'gone'}`)
    this.#world.tell({ type: 'desk', at: this.#world.ownNow, terms })
  }

  #grantTo(ticker: string, report: RiskReport): DeskTerms {
    const { ownNow } = this.#world
    const { risk, terms } = grantRisk(this.#risk, ticker, ownNow, ownNow + LEASE_MS, report)
    this.#risk = risk
    return terms
  }

  /** The other ticker loses more often than it wins, and fills its bound as it likes. */
  #trade(): void {
    const dice = this.#dice
    const { ownNow } = this.#world
    this.#otherGain += Math.round((dice.next() - 0.6) * 0.4 * DOLLAR)
    const held = {
      yes: Math.floor(this.#other.yes * (2 * dice.next() - 1)),
      no: Math.floor(this.#other.no * (2 * dice.next() - 1)),
    }
    this.#other = this.#grantTo(OTHER, {
      ...{ event: 'KXTEST-26DEC31', exclusive: false, shard: 0, held, used: this.#other },
      ...{ wanted: 20 * DOLLAR, day: Math.floor(ownNow / DAY_MS), dayGain: this.#otherGain },
      ...{ cash: null, bound: 0 },
    }).most
  }

  /** Takers who know where the price will be. */
  #inform(): void {
    const dice = this.#dice
    const { crowd, mailbox } = this.#world
    this.#world.count('jumps that takers knew of')
    const size = dice.whole(200, 1_500) * (dice.chance(0.5) ? 1 : -1)
    crowd.scheduleJump(size, mailbox.now + dice.whole(3_000, 15_000))
  }

  #leave(): void {
    this.#away = true
    this.#world.say(() => '      ~ desk away: its limits stay')
    this.#world.count('limits of the desk frozen')
    this.#world.mailbox.post(this.#dice.whole(5_000, 60_000), () => {
      this.#away = false
    })
  }

  /** A person lets the ticker or the desk only reduce, or nothing at all. */
  #restrain(): void {
    const dice = this.#dice
    const state: TradingState = dice.chance(0.6) ? 'reducing' : 'halted'
    const ofDesk = dice.chance(0.5)
    this.#world.say(() => `      ~ ${ofDesk ? 'desk' : 'ticker'} ${state}`)
    this.#world.count(`set to ${state}`)
    if (ofDesk) {
      this.#risk = { ...this.#risk, state }
      this.#grant()
    } else this.#setState(state)
    this.#world.mailbox.post(dice.whole(2_000, 15_000), () => {
      if (this.#course.isOver) return
      if (ofDesk) {
        this.#risk = { ...this.#risk, state: 'active' }
        this.#grant()
      } else this.#setState('active')
    })
  }

  #setState(state: TradingState): void {
    this.#tickerState = state
    this.#world.tell({ type: 'state', at: this.#world.ownNow, state })
  }
}
