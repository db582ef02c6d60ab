// Evenings on which the exchange itself misbehaves: it goes mute, revokes the key, pauses, settles.

import { DOLLAR } from '../../src/core/vocabulary/units.ts'
import { type Evening, restedText, seconds } from './evening.ts'
import { TICKER } from './stage.ts'

export const muteFeed: Evening = {
  title: 'The book goes mute and the market falls by 50 cents',
  story: 'The socket lives and answers, but no change of the book comes any more.',
  runbook: 'The book is mute or wrong',
  async run(stage) {
    await stage.trade()
    stage.begin()
    const { mock } = stage
    mock.operator.act('fault', { fault: 'mute-book' })
    mock.crowd?.jump(-5_000)
    const status = await stage.until('it doubts', ({ phase }) => phase !== 'quoting')
    const noticed = stage.elapsed
    const none = await stage.untilNoneRests()
    const rested = restedText(stage.mostResting, none)
    mock.operator.act('fault', { fault: 'clear' })
    await stage.quoting()
    return {
      noticed: `after ${seconds(noticed)}: ${status.phase}, ${status.reason}`,
      rested,
      after: 'quotes again once the book speaks and the witnesses agree',
      ok: noticed < 20_000,
    }
  },
}

export const keyRevoked: Evening = {
  title: 'The API key is revoked',
  story: 'Every request is answered 401, cancels too.',
  runbook: 'Key revoked',
  async run(stage) {
    await stage.trade()
    stage.begin()
    const { keys } = stage.mock.gate
    const kept = [...keys]
    keys.clear()
    stage.mock.operator.act('fault', { fault: 'close-sockets' })
    const status = await stage.until('it halts', ({ phase }) => phase === 'halted')
    const noticed = stage.elapsed
    const none = await stage.untilNoneRests()
    const rested = restedText(stage.mostResting, none)
    const called = await stage.since(
      'a person is called',
      () => stage.alert('refuses the key') !== null,
    )
    for (const [id, key] of kept) keys.set(id, key)
    await stage.api('POST', '/resume')
    await stage.quoting()
    return {
      noticed: `after ${seconds(noticed)}: ${status.phase}, ${status.reason}; a person was called`,
      rested: `${rested}: they expired by themselves (order_ttl_seconds was 30)`,
      after: 'with a good key and POST /resume it quotes again',
      ok: status.reason === 'key-refused' && called > 0,
    }
  },
}

export const exchangePause: Evening = {
  title: 'The exchange pauses',
  story: 'Trading stops everywhere; every order is answered 409, and resting ones are canceled.',
  runbook: 'Exchange pause',
  async run(stage) {
    await stage.trade()
    const { operator } = stage.mock
    stage.begin()
    operator.act('exchange', { action: 'pause' })
    const before = stage.ordersSent
    const status = await stage.until('it pauses', ({ phase }) => phase === 'paused')
    const noticed = stage.elapsed
    const none = await stage.untilNoneRests()
    await stage.since('half a minute has passed', () => stage.elapsed > 30_000)
    const tries = stage.ordersSent - before
    operator.act('exchange', { action: 'resume' })
    const resumedAt = stage.elapsed
    await stage.quoting()
    return {
      noticed: `after ${seconds(noticed)}: ${status.phase}, ${status.reason}`,
      rested: restedText(stage.mostResting, none),
      after: `${tries} orders tried in 30 s; quotes again ${seconds(stage.elapsed - resumedAt)} after the end`,
      ok: status.reason === 'exchange-paused' && tries <= 6,
    }
  },
}

export const settlement: Evening = {
  title: 'The market settles while we hold',
  story: 'It is determined YES and paid out.',
  runbook: 'When the market has settled',
  async run(stage) {
    await stage.trade()
    await stage.since('we hold something', () => stage.position !== 0)
    const held = stage.position
    stage.begin()
    const cash = stage.mock.account.cash
    stage.mock.operator.act('market', { action: 'settle', ticker: TICKER, result: 'yes' })
    const paid = (stage.mock.account.cash - cash) / DOLLAR
    const status = await stage.until(
      'it has booked the settlement',
      (seen) => Number(seen.position) === 0,
    )
    const noticed = stage.elapsed
    const realized = Number(status.pnl.realized)
    const theirs = stage.mock.account.holding(TICKER).realized / DOLLAR
    return {
      noticed: `after ${seconds(noticed)}: position ${held} became 0`,
      rested: restedText(stage.mostResting, await stage.untilNoneRests()),
      after: `the exchange paid $${paid.toFixed(2)}; realized is $${realized.toFixed(2)}, the exchange says $${theirs.toFixed(2)}`,
      ok: Math.abs(realized - theirs) < 0.005,
    }
  },
}
