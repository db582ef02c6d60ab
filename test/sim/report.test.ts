// An hour of trading with the mock exchange under virtual time, in calm weather, and the report
// made of it: what it says was earned is what the exchange says, to the last digit, and its parts
// add up.

import { expect, it } from 'vitest'
import { World } from '../../sim/world/world.ts'
import type { ExchangeAccount } from '../../src/core/ledger/exchange-account.ts'
import { formatRow } from '../../src/core/record/tape.ts'
import type { MakerStatus } from '../../src/core/status/status.ts'
import { statusOf } from '../../src/core/status/view.ts'
import type { Fill, TapeRow } from '../../src/core/vocabulary/events.ts'
import { DOLLAR } from '../../src/core/vocabulary/units.ts'
import { measure } from '../../src/report/measures/metrics.ts'
import { pageOf } from '../../src/report/page/page.ts'
import { accountBody } from '../../src/report/sources/account-body.ts'
import type { ReportInput } from '../../src/report/sources/input.ts'
import { fromRows, readRows } from '../../src/report/sources/sources.ts'
import { fromAnswers } from '../../src/report/sources/worker.ts'
import { fillOf, marketOf, T0, TICKER } from '../helpers/core.ts'

const HOUR = 3_600_000
/**
 * With maker fees; and without, in parts of contracts. In both the maker quotes for the whole hour.
 */
const SEEDS = [5, 7]

interface Played {
  readonly world: World
  readonly rows: readonly TapeRow[]
  readonly status: MakerStatus
  readonly exchange: ExchangeAccount
}

/** The hour, and what the exchange holds after it, read from its own records. */
const play = async (seed: number): Promise<Played> => {
  const world = new World(seed, false, 'full')
  const rows: TapeRow[] = []
  const decided = world.laws.decided.bind(world.laws)
  world.laws.decided = (event, effects, life) => {
    for (const effect of effects) if (effect.type === 'row') rows.push(effect.row)
    decided(event, effects, life)
  }
  world.heal()
  expect(await world.play(T0 + HOUR), world.laws.broken ?? '').toBe(true)
  world.still()
  expect(await world.play(T0 + HOUR + 5_000), world.laws.broken ?? '').toBe(true)
  const { account, life, listing } = world
  const status = statusOf(life!.engine, world.ownNow)
  const holding = account.holding(listing.ticker)
  const exchange: ExchangeAccount = {
    at: world.ownNow,
    balance: account.purses[0]!.total,
    position: {
      position: holding.position,
      realized: holding.realized,
      fees: holding.fees,
      exposure: holding.cost,
    },
    settlements: [],
    fills: account.fills.map(
      ({ tradeId, order, quantity, price, fee, isTaker, at }): Fill => ({
        ...fillOf({ tradeId, orderId: order.id, clientOrderId: '', side: order.side }),
        ...{ price, quantity, fee, isTaker, venueAt: at },
      }),
    ),
  }
  world.close()
  return { world, rows, status, exchange }
}

const inputOf = ({ rows, status, exchange }: Played): ReportInput => {
  const body = accountBody(marketOf({ closeAt: T0 + 9 * HOUR }), exchange, status.ledger)
  // Through the texts that a worker answers with.
  const taped = readRows(rows.map(formatRow).join('\n'))
  const range = { from: T0, to: T0 + 2 * HOUR }
  return fromAnswers(
    TICKER,
    taped,
    range,
    structuredClone(status),
    JSON.parse(JSON.stringify(body)),
  )
}

it.each(SEEDS)(
  'an hour of seed %i: equal to the exchange to the last digit, and the parts add up',
  async (seed) => {
    const played = await play(seed)
    const { world, exchange, rows } = played
    const input = inputOf(played)
    const metrics = measure(input)
    expect(metrics.fills).toBeGreaterThan(30)
    expect(metrics.checks.filter(({ agrees }) => !agrees)).toEqual([])
    expect(metrics.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['fills and exchange: cash', 'fills and tape: position']),
    )
    expect(metrics.residual).toBe(0)
    const { spread, drift, fees, exit, unassigned, total } = metrics.split
    expect(spread + drift - fees + exit + unassigned).toBe(total)
    // Cash of the account, which traded this market only: what was deposited, less collateral of a
    // short.
    const { position, exposure } = exchange.position
    const deposited = 10_000 * DOLLAR
    const paid = position < 0 ? position * 10_000 + exposure : exposure
    const realized = exchange.balance - deposited + exposure
    expect(realized).toBe(exchange.position.realized - exchange.position.fees)
    const mark = [...input.rows].findLast(({ mid }) => mid !== null)!.mid!
    expect(total).toBe(realized * 100 + position * Math.round(mark * 10_000) - paid * 100)
    expect(metrics.split.fees).toBe(exchange.position.fees * 100)
    expect(metrics.inventory.final).toBe(position / 100)
    // Never more time than there was, and all of it has a name.
    const { uptime, silence } = metrics
    expect(
      uptime.total.two + uptime.total.one + uptime.total.none + uptime.total.unknown,
    ).toBeCloseTo((exchange.at - rows[0]!.at) / 1000, 6)
    expect(Object.keys(silence!).length).toBeGreaterThan(0)
    expect(world.counts.get('sent place')).toBe(input.calls!.place)
    expect(pageOf(input, metrics).html.includes('<td>residual</td><td>0.00</td>')).toBe(true)
  },
)

it.each(SEEDS)(
  'seed %i: the tape alone gives the same profit and fees, and nearly all of the fills',
  async (seed) => {
    const played = await play(seed)
    const told = measure(inputOf(played))
    const derived = measure(fromRows(TICKER, readRows(played.rows.map(formatRow).join('\n'))))
    expect(derived.residual).toBe(0)
    expect(derived.inventory.final).toBe(told.inventory.final)
    const last = played.rows.findLast(({ mid }) => mid !== null)!
    const first = played.rows[0]!
    const taped = last.realizedPnl + last.unrealizedPnl - first.realizedPnl - first.unrealizedPnl
    // The tape rounds to a millionth of a dollar at each row.
    expect(derived.profit * 100).toBeCloseTo(taped, 3)
    expect(Math.abs(derived.contracts - told.contracts)).toBeLessThan(0.02 * told.contracts)
    expect(Math.abs(derived.split.fees - told.split.fees)).toBeLessThanOrEqual(
      0.03 * told.split.fees,
    )
  },
)
