// How a market ends: it closes, the outcome is found, and it pays. In some seeds a fill comes just
// before, the maker is lost or sleeps meanwhile, or its requests still fail.
//
// Its dice are its own, so that a seed keeps the storm that it has always had.

import { isRefusal } from '../../mocks/kalshi/exchange/refusal.ts'
import { Dice } from '../../src/statistics/random.ts'
import { TICKER } from '../market.ts'
import type { Stage } from './troubles.ts'
import type { Weather } from './weather.ts'

/** The troubles of requests, which may go on into the last day. */
const REQUESTS = [
  'neverArrives',
  'replyLost',
  'hangs',
  'errorBefore',
  'errorAfter',
  'tooMany',
  'spoilReply',
] as const satisfies readonly (keyof Weather)[]

/** The weather of the last day: calm, or with requests that fail as they did in the storm. */
export const lastWeather = (seed: number, calm: Weather, storm: Weather): Weather => {
  if (!new Dice(seed, 34).chance(0.4)) return calm
  return { ...calm, ...Object.fromEntries(REQUESTS.map((name) => [name, storm[name]])) }
}

/**
 * Closes the market and pays it out.
 * @returns ms after which the maker must have booked it
 */
export const lastDay = (world: Stage, seed: number, yes: boolean, determinedMs: number): number => {
  const { exchange, mailbox, account } = world
  const { lifecycle } = exchange
  const dice = new Dice(seed, 134)
  if (dice.chance(0.5)) {
    world.count('settlements right after a fill')
    for (const order of [...account.holding(TICKER).resting]) {
      const side = order.side === 'bid' ? 'ask' : 'bid'
      const taker = exchange.stranger('last')
      const quantity = dice.whole(1, order.remaining)
      const timeInForce = 'immediate_or_cancel'
      const wish = { ticker: TICKER, side, price: order.price, quantity, timeInForce } as const
      const answer = exchange.place(taker, wish)
      if (isRefusal(answer)) world.count('last fills refused')
    }
  }
  lifecycle.close(TICKER)
  const payMs = dice.chance(0.5) ? 0 : dice.whole(1, 45_000)
  mailbox.post(determinedMs, () => {
    lifecycle.determine(TICKER, yes ? 'yes' : 'no')
    if (payMs === 0) lifecycle.settle(TICKER)
    else mailbox.post(payMs, () => lifecycle.settle(TICKER))
  })
  if (dice.chance(0.5)) {
    world.count('settlements while asleep')
    mailbox.post(dice.whole(0, determinedMs + payMs + 5_000), () => world.evict())
  }
  return determinedMs + payMs + 240_000
}
