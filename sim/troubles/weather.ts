// What may go wrong in one run, and how often: chosen by the seed, so that some runs know one
// trouble only and others all of them at once. Chances are per frame, per request or per dial;
// times are means in milliseconds, 0 for never.
//
// What is bounded here is what the maker is entitled to: a request arrives within four seconds or
// never (a late create within a minute), reads lag a second and a half at most, and the clocks
// differ by 400 ms at most.

import type { Millis } from '../../src/core/vocabulary/units.ts'
import { Dice } from '../../src/statistics/random.ts'

export interface Weather {
  // The socket, per frame.
  readonly loseFrame: number
  readonly doubleFrame: number
  readonly spoilFrame: number
  readonly slowFrame: number
  readonly frameMs: readonly [number, number]
  // The socket as a whole.
  readonly cutEvery: Millis
  /** Share of cuts of which our side hears nothing. */
  readonly silentCut: number
  readonly muteEvery: Millis
  readonly refuseDial: number
  readonly hangDial: number
  readonly endSubscriptionEvery: Millis
  // Requests, per request.
  readonly neverArrives: number
  readonly replyLost: number
  readonly hangs: number
  readonly errorBefore: number
  readonly errorAfter: number
  readonly errorThenDone: number
  readonly resets: number
  readonly tooMany: number
  readonly spoilReply: number
  readonly slowRequest: number
  readonly requestMs: readonly [number, number]
  readonly readLagMs: Millis
  // The market.
  readonly pauseEvery: Millis
  readonly haltAllEvery: Millis
  readonly shockEvery: Millis
  readonly thinEvery: Millis
  readonly gridEvery: Millis
  readonly closeMoveEvery: Millis
  // Ourselves and our own account.
  readonly evictEvery: Millis
  readonly jumpEvery: Millis
  readonly skewMs: Millis
  readonly orphanEvery: Millis
  readonly commandEvery: Millis
  readonly configureEvery: Millis
  readonly leaseEvery: Millis
  // Others who use our account.
  readonly neighbourEvery: Millis
  /** Share of reads whose filter by subaccount is ignored. */
  readonly unfiltered: number
  // Answers that are wrong, per create and per other write.
  readonly lateCreate: number
  readonly falseGone: number
}

const calmly = {
  loseFrame: 0,
  doubleFrame: 0,
  spoilFrame: 0,
  slowFrame: 0,
  cutEvery: 0,
  silentCut: 0,
  muteEvery: 0,
  refuseDial: 0,
  hangDial: 0,
  endSubscriptionEvery: 0,
  neverArrives: 0,
  replyLost: 0,
  hangs: 0,
  errorBefore: 0,
  errorAfter: 0,
  errorThenDone: 0,
  resets: 0,
  tooMany: 0,
  spoilReply: 0,
  slowRequest: 0,
  pauseEvery: 0,
  haltAllEvery: 0,
  shockEvery: 0,
  thinEvery: 0,
  gridEvery: 0,
  closeMoveEvery: 0,
  evictEvery: 0,
  jumpEvery: 0,
  orphanEvery: 0,
  commandEvery: 0,
  configureEvery: 0,
  leaseEvery: 0,
  neighbourEvery: 0,
  unfiltered: 0,
  lateCreate: 0,
  falseGone: 0,
}

/** The same network with nothing going wrong any more; reads still lag. */
export const calmOf = (storm: Weather): Weather => ({ ...storm, ...calmly })

/** The fault plan of a seed. */
export const weatherOf = (seed: number): Weather => {
  const dice = new Dice(seed, 11)
  // In some runs most troubles are absent, so that those that are there can be seen alone.
  const busy = dice.next()
  /**
   * Absent, or anywhere between a fiftieth of `most` and `most`, small values as likely as large.
   */
  const chance = (most: number): number =>
    dice.chance(0.25 + 0.75 * busy) ? most * 50 ** -dice.next() : 0
  /** Never, or once in a mean time between `least` and 12 times that. */
  const every = (least: Millis): Millis =>
    dice.chance(0.25 + 0.75 * busy) ? Math.round(least * 12 ** dice.next()) : 0
  const near = dice.whole(1, 20)
  const far = dice.whole(1, 40)
  return {
    loseFrame: chance(0.02),
    doubleFrame: chance(0.05),
    spoilFrame: chance(0.004),
    slowFrame: chance(0.05),
    frameMs: [near, near + dice.whole(0, 40)],
    cutEvery: every(8_000),
    silentCut: dice.next() * 0.7,
    muteEvery: every(25_000),
    refuseDial: chance(0.6),
    hangDial: chance(0.3),
    endSubscriptionEvery: every(30_000),
    neverArrives: chance(0.08),
    replyLost: chance(0.08),
    hangs: chance(0.06),
    errorBefore: chance(0.1),
    errorAfter: chance(0.08),
    errorThenDone: chance(0.04),
    resets: chance(0.05),
    tooMany: chance(0.08),
    spoilReply: chance(0.03),
    slowRequest: chance(0.15),
    requestMs: [far, far + dice.whole(0, 80)],
    readLagMs: dice.chance(0.3) ? 0 : dice.whole(1, 1_500),
    pauseEvery: every(30_000),
    haltAllEvery: every(90_000),
    shockEvery: every(10_000),
    thinEvery: every(60_000),
    gridEvery: every(120_000),
    closeMoveEvery: every(120_000),
    evictEvery: every(15_000),
    jumpEvery: every(20_000),
    skewMs: dice.whole(0, 400),
    orphanEvery: every(15_000),
    commandEvery: every(20_000),
    configureEvery: every(60_000),
    leaseEvery: every(20_000),
    ...accountWeather(seed),
  }
}

/** What others do with our account, from dice of its own: older storms stay as they were. */
const accountWeather = (
  seed: number,
): Pick<Weather, 'neighbourEvery' | 'unfiltered' | 'lateCreate' | 'falseGone'> => {
  const dice = new Dice(seed, 33)
  return {
    neighbourEvery: dice.chance(0.4) ? dice.whole(2_000, 20_000) : 0,
    unfiltered: dice.chance(0.5) ? dice.next() : 0,
    lateCreate: dice.chance(0.3) ? 0.1 * dice.next() : 0,
    falseGone: dice.chance(0.3) ? 0.05 * dice.next() : 0,
  }
}

/** The plan as one line per trouble that is in it. */
export const describeWeather = (weather: Weather): string =>
  Object.entries(weather)
    .filter(([, value]) => value !== 0)
    .map(([name, value]) => {
      const shown = typeof value === 'number' ? Number(value.toPrecision(3)) : value.join('..')
      return `${name} ${shown}`
    })
    .join(', ')
