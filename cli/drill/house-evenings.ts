// Evenings on which our own house burns: the desk, the worker, the bucket, a position, everything.

import { CONTRACT } from '../../src/core/vocabulary/units.ts'
import { makersToPause, pullQuotes, resumeMakers } from '../lib/quiet-deploy.ts'
import { type Evening, restedText, seconds } from './evening.ts'
import { type Stage, TICKER } from './stage.ts'

export const deskDead: Evening = {
  title: 'The desk is dead, and a person wants to stop',
  story: 'The object that holds the account together throws at every call.',
  runbook: 'When the desk is dead',
  async run(stage) {
    await stage.trade()
    stage.begin()
    await stage.breakPart('desk', true)
    const { status } = await stage.api('POST', '/halt', { reason: 'drill' })
    const answered = stage.elapsed
    const none = await stage.untilNoneRests()
    const rested = restedText(stage.mostResting, none)
    const seen = await stage.status()
    await stage.breakPart('desk', false)
    await stage.api('POST', '/resume')
    await stage.quoting()
    return {
      noticed: `POST /halt answered ${status} after ${seconds(answered)}; the maker was ${seen?.phase ?? 'unknown'}`,
      rested,
      after: 'with the desk back, POST /resume brings the quotes back',
      ok: seen?.phase === 'halted' && none < 10_000,
    }
  },
}

export const deskAway: Evening = {
  title: 'The desk is dead, and nobody looks',
  story: 'No maker can learn whether the account is halted.',
  runbook: 'When the desk is dead',
  async run(stage) {
    await stage.trade()
    stage.begin()
    await stage.breakPart('desk', true)
    const status = await stage.until('it stops', ({ phase }) => phase !== 'quoting')
    const noticed = stage.elapsed
    const none = await stage.untilNoneRests()
    const rested = restedText(stage.mostResting, none)
    await stage.breakPart('desk', false)
    await stage.quoting()
    return {
      noticed: `after ${seconds(noticed)}: ${status.phase}, ${status.reason}`,
      rested,
      after: 'quotes again by itself once the desk answers',
      ok: noticed < 90_000,
    }
  },
}

const restart = async (stage: Stage): Promise<void> => {
  await stage.kill()
  await stage.start()
}

export const crash: Evening = {
  title: 'A crash in the middle of a burst',
  story: 'The market crashes, and the worker is killed while amends are on their way.',
  runbook: 'After a crash',
  async run(stage) {
    await stage.trade()
    const before = stage.ordersSent
    stage.mock.scenario('crash')
    await stage.since('a burst is on', () => stage.ordersSent >= before + 3)
    stage.begin()
    await stage.kill()
    const left = stage.resting
    await stage.start()
    await stage.quoting()
    const back = stage.elapsed
    const own = new Set(
      [...stage.mock.account.holding(TICKER).resting].map(({ clientOrderId }) => clientOrderId),
    )
    return {
      noticed: `${left} orders were left at the exchange; quoting again after ${seconds(back)}`,
      rested: `${stage.mostResting} at most; now ${own.size}, one a side, all of the new run`,
      after: 'it came back by itself: canceled what was left, read fills and position, quoted',
      ok: own.size <= 2,
    }
  },
}

export const redeploy: Evening = {
  title: 'A new version is deployed',
  story: 'Quotes are pulled, every object restarts, quotes return: what npm run deploy does.',
  runbook: 'After a deploy',
  async run(stage) {
    await stage.trade()
    stage.begin()
    const target = { url: (await stage.url).origin, token: stage.token }
    const makers = await makersToPause(target)
    const left = await pullQuotes(target, makers)
    const pulled = stage.elapsed
    const resting = stage.resting
    await restart(stage)
    const failed = await resumeMakers({ ...target, url: (await stage.url).origin }, makers)
    await stage.quoting()
    return {
      noticed: `quotes pulled after ${seconds(pulled)}, ${resting} orders rested during the restart`,
      rested: `${stage.mostResting} orders at most, 0 while no code ran`,
      after: `quoting again ${seconds(stage.elapsed)} after the beginning`,
      ok: left.length === 0 && failed.length === 0 && resting === 0,
    }
  },
}

export const bucketDown: Evening = {
  title: 'R2 is down',
  story: 'No tape, journal or audit line can be written.',
  runbook: 'R2 is down',
  async run(stage) {
    await stage.trade()
    stage.begin()
    await stage.breakPart('bucket', true)
    const noticed = await stage.since('it says so', () => stage.logged('journal-not-written'))
    const seen = await stage.status()
    const before = await stage.objects('journal/')
    await stage.breakPart('bucket', false)
    const mended = stage.elapsed
    await stage.since('the journal goes on', async () => (await stage.objects('journal/')) > before)
    const { counters } = (await stage.status())!
    const lost = (counters.tape_dropped ?? 0) + (counters.journal_dropped ?? 0)
    return {
      noticed: `after ${seconds(noticed)} in the log; it was ${seen?.phase} all the while`,
      rested: `${stage.mostResting} orders at most: a recorder that fails stops no trading`,
      after: `written ${seconds(stage.elapsed - mended)} after R2 was back; ${lost} lines lost`,
      ok: seen?.phase === 'quoting' && lost === 0,
    }
  },
}

export const runawayPosition: Evening = {
  title: 'The position runs away',
  story: 'Somebody else with the same account buys 100 contracts by hand; max_position is 20.',
  runbook: 'The position runs away',
  async run(stage) {
    await stage.trade({ max_position: 20 })
    stage.begin()
    const { mock } = stage
    const buy = (): void => {
      mock.exchange.place(mock.account, {
        ...{ ticker: TICKER, side: 'bid', price: 9_900, quantity: 100 * CONTRACT },
        ...{ timeInForce: 'immediate_or_cancel', clientOrderId: 'by-hand-1' },
      })
    }
    buy()
    const bought = stage.position
    const status = await stage.until('it halts', ({ phase }) => phase === 'halted')
    const noticed = stage.elapsed
    const none = await stage.untilNoneRests()
    return {
      noticed: `after ${seconds(noticed)}: ${status.phase}, ${status.reason}`,
      rested: restedText(stage.mostResting, none),
      after: `position ${bought}: POST /tickers/${TICKER}/flatten takes it off, a person releases it`,
      ok: none < 5_000,
    }
  },
}

export const everythingLost: Evening = {
  title: 'Everything is lost',
  story: 'The worker and all that it stored are gone; its orders rest at the exchange.',
  runbook: 'Everything is lost',
  async run(stage) {
    await stage.trade()
    stage.begin()
    await stage.loseEverything()
    const left = stage.resting
    await stage.start()
    const { status } = await stage.api('POST', '/halt', { cancel_all: true })
    const none = await stage.untilNoneRests()
    return {
      noticed: `${left} orders were left; POST /halt {"cancel_all": true} answered ${status}`,
      rested: `${restedText(stage.mostResting, none)}; without a person they expire in 30 s`,
      after: 'PUT the tickers again a minute later; fills and position are read from the exchange',
      ok: none < 10_000,
    }
  },
}
