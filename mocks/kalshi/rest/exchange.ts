// REST calls about the exchange as a whole: whether it trades, when it pauses, how fresh reads are,
// and where the archive begins (always empty here: nothing is old enough).

import type { Exchange } from '../exchange/exchange.ts'
import type { Answer } from '../exchange/refusal.ts'
import { thursdayPause } from '../exchange/schedule.ts'
import type { Call } from '../protocol/call.ts'
import { isoMicros, isoSeconds } from '../protocol/rows.ts'
import type { ReadModel } from './read-model.ts'

const NAMES = ['Default', 'Exotics', 'Crypto', 'Sports']
const ARCHIVED_AFTER_MS = 90 * 86_400_000
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

export class ExchangeReads {
  readonly #exchange: Exchange
  readonly #reads: ReadModel

  constructor(exchange: Exchange, reads: ReadModel) {
    this.#exchange = exchange
    this.#reads = reads
  }

  /** The top level is shard 0. */
  status = (): Answer => {
    const { pauses } = this.#exchange
    const state = (shard: number) => ({
      exchange_active: !pauses.stopped,
      intra_exchange_transfers_active: !pauses.stopped,
      trading_active: !pauses.isPaused(shard),
    })
    const exchange_index_statuses = [...this.#exchange.shards].sort().map((exchange_index) => ({
      description: NAMES[exchange_index] ?? `Shard ${exchange_index}`,
      exchange_index,
      ...state(exchange_index),
    }))
    const { resumesAt } = pauses
    const body = {
      ...state(0),
      exchange_estimated_resume_time: resumesAt === null ? null : isoSeconds(resumesAt),
      exchange_index_statuses,
    }
    return { status: 200, body }
  }

  schedule = (): Answer => {
    const { at, knobs } = this.#exchange
    const allDay = [{ open_time: '00:00', close_time: '24:00' }]
    const around = [
      { open_time: '00:00', close_time: '03:00' },
      { open_time: '05:00', close_time: '24:00' },
    ]
    const hours = Object.fromEntries(
      DAYS.map((day) => [day, day === 'thursday' && knobs.thursdayPause ? around : allDay]),
    )
    const { start, end } = thursdayPause(at)
    const windows = knobs.thursdayPause
      ? [{ end_datetime: isoSeconds(end), start_datetime: isoSeconds(start) }]
      : []
    const standard = {
      end_time: '2030-01-01T00:00:00Z',
      start_time: '2026-01-01T00:00:00Z',
      ...hours,
    }
    const schedule = { maintenance_windows: windows, standard_hours: [standard] }
    return { status: 200, body: { schedule } }
  }

  freshness = (): Answer => ({
    status: 200,
    body: { as_of_time: isoMicros(this.#exchange.at - this.#reads.lagMs) },
  })

  announcements = (): Answer => ({ status: 200, body: { announcements: [] } })

  cutoff = (): Answer => {
    const time = isoSeconds(this.#exchange.at - ARCHIVED_AFTER_MS)
    const body = {
      market_positions_last_updated_ts: time,
      market_settled_ts: time,
      orders_updated_ts: time,
      trades_created_ts: time,
    }
    return { status: 200, body }
  }

  archive =
    (name: string) =>
    (_call: Call): Answer => ({ status: 200, body: { cursor: '', [name]: [] } })
}
