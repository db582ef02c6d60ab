// The way of a request to the exchange and of its answer back. Both take time and may fail: nothing
// arrives, or the request arrives and the answer is lost, or the answer is an error although the
// request was carried out. The real client writes and reads the bodies.

import type { Answer } from '../../mocks/kalshi/exchange/refusal.ts'
import type { Rest } from '../../mocks/kalshi/rest/rest.ts'
import type { Millis } from '../../src/core/vocabulary/units.ts'
import type { Fetcher } from '../../src/kalshi/feed/dial.ts'
import type { Dice } from '../../src/statistics/random.ts'
import type { Fuses } from '../troubles/fuses.ts'
import type { GroupTrouble } from '../troubles/group-trouble.ts'
import { LatePost } from '../troubles/late-post.ts'
import type { Weather } from '../troubles/weather.ts'
import type { Mailbox } from './mailbox.ts'

/** The maker gives up waiting after this; see REQUEST_TIMEOUT_MS and READ_TIMEOUT_MS. */
const TIMEOUT_MS = 4_000
const READ_TIMEOUT_MS = 2_000

/** A request on its way, as the laws see it. */
export interface Parcel {
  readonly method: string
  readonly path: string
  readonly body: Record<string, unknown> | null
  readonly write: boolean
  /** The life that sent it. */
  readonly life: number
  /** False when it is already known that it will not get there. */
  arriving: boolean
  /** Held back until long after its sender was told nothing ('lost') or a refusal; '' if not. */
  late: '' | 'lost' | 'refused'
}

export interface PostDeps {
  readonly mailbox: Mailbox
  readonly dice: Dice
  /** For troubles that came later than the others, whose dice they must not use up. */
  readonly strange: Dice
  readonly rest: Rest
  weather(): Weather
  /** Promises may have moved: they must settle before time goes on. */
  stir(): void
  count(what: string): void
  /** Just before a request is carried out, and just after. */
  arriving(parcel: Parcel): void
  arrived(parcel: Parcel): void
  say(line: () => string): void
  readonly fuses: Fuses
  readonly group: GroupTrouble
  /** The exchange's clock. */
  venueNow(): Millis
  /** A request as it leaves, before anything befalls it. */
  sent(method: string, path: string, body: string): void
}

export class Post {
  readonly underWay = new Set<Parcel>()
  readonly #deps: PostDeps
  readonly #late: LatePost

  constructor(deps: PostDeps) {
    this.#deps = deps
    this.#late = new LatePost(deps.strange, (what) => deps.count(what))
  }

  /** The fetch of one life of the maker. `alive` says whether anyone still waits for answers. */
  fetcher(life: number, alive: () => boolean): Fetcher {
    return (url, init) =>
      new Promise<Response>((resolve, reject) => {
        const { mailbox } = this.#deps
        let settled = false
        const settle = (act: () => void): void => {
          if (settled || !alive()) return
          settled = true
          timeout.run = null
          this.#deps.stir()
          act()
        }
        const timeout = mailbox.post(init.method === 'GET' ? READ_TIMEOUT_MS : TIMEOUT_MS, () =>
          settle(() => reject(new Error('The operation was aborted due to timeout'))),
        )
        this.#carry(url, init, life, {
          answer: (answer, ms) =>
            mailbox.post(ms, () => settle(() => resolve(this.#response(answer)))),
          fail: (why, ms) => mailbox.post(ms, () => settle(() => reject(new Error(why)))),
        })
      })
  }

  /** An evicted maker's requests: those not yet out of the house may never leave it. */
  orphan(life: number, share: number): void {
    for (const parcel of this.underWay) {
      if (parcel.life === life && this.#deps.dice.chance(share)) parcel.arriving = false
    }
  }

  #carry(
    url: string,
    init: RequestInit,
    life: number,
    back: {
      answer(answer: Answer, ms: number): void
      fail(why: string, ms: number): void
    },
  ): void {
    const { group, mailbox, count } = this.#deps
    const weather = this.#deps.weather()
    const { method = 'GET' } = init
    const path = url.slice(url.indexOf('/', 8))
    const ofGroup = path.includes('/order_groups')
    const dice = ofGroup ? group.dice : this.#deps.dice
    const strange = ofGroup ? group.dice : this.#deps.strange
    const text = typeof init.body === 'string' ? init.body : ''
    this.#deps.sent(method, path, text)
    const parcel: Parcel = {
      method,
      path,
      body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>),
      write: method !== 'GET',
      life,
      arriving: true,
      late: '',
    }
    const [least, most] = weather.requestMs
    const there = (slow: boolean): number =>
      dice.whole(least, most) + (slow ? dice.whole(0, 2_000) : 0)
    const unfiltered = !parcel.write && strange.chance(weather.unfiltered)
    const slow = dice.chance(weather.slowRequest)
    if (slow) count('slow requests')
    const deliver = (ms: number, then: (answer: Answer) => void): void => {
      this.underWay.add(parcel)
      mailbox.post(ms, () => {
        this.underWay.delete(parcel)
        if (!parcel.arriving) return
        const asked = unfiltered ? path.replace(/([?&])subaccount=\d+&?/, '$1') : path
        const answer = this.#received(parcel, asked, init)
        if (answer.status === 429) count('real 429')
        this.#deps.say(() => `      ${method} ${path.slice(14)} -> ${answer.status}`)
        then(answer)
      })
    }
    const isLate = this.#late.meets(parcel, weather, {
      deliver: (after) => deliver(after, () => undefined),
      answer: (answer, after) => back.answer(answer, after),
    })
    if (isLate) return
    let fate = dice.next()
    const meets = (share: number, what: string): boolean => {
      fate -= share
      if (fate >= 0) return false
      fate = Number.POSITIVE_INFINITY
      count(what)
      return true
    }
    const trouble = (status: number): Answer => ({
      status,
      body: { error: { code: status === 503 ? 'service_unavailable' : 'internal_server_error' } },
    })
    const ms = there(slow)
    if (meets(weather.neverArrives, 'requests lost')) return
    if (meets(weather.replyLost, 'replies lost')) deliver(ms, () => undefined)
    else if (meets(weather.hangs, 'requests hanging'))
      deliver(dice.whole(0, 3_900), () => undefined)
    else if (meets(weather.errorBefore, '5xx, not done')) back.answer(trouble(503), ms + least)
    else if (meets(weather.errorAfter, '5xx, done')) {
      deliver(ms, () => back.answer(trouble(500), there(false)))
    } else if (meets(weather.errorThenDone, '5xx, done later')) {
      back.answer(trouble(504), ms)
      deliver(ms + dice.whole(1, 1_000), () => undefined)
    } else if (meets(weather.resets, 'connections reset')) {
      if (dice.chance(0.5)) back.fail('connection reset', ms)
      else deliver(ms, () => back.fail('connection reset', 1))
    } else if (meets(weather.tooMany, '429 injected')) {
      const body = dice.chance(0.5)
        ? { error: 'too many requests' }
        : { error: { code: 'too_many_requests', message: 'too many requests' } }
      back.answer({ status: 429, body }, ms + least)
    } else if (meets(weather.spoilReply, 'replies spoiled')) {
      deliver(ms, (answer) => back.answer({ status: answer.status, body: undefined }, least))
    } else deliver(ms, (answer) => back.answer(answer, there(slow)))
  }

  /** The exchange receives a request: it is stopped at the door, or carried out. */
  #received(parcel: Parcel, url: string, init: RequestInit): Answer {
    const { method, path, body } = parcel
    const headers = init.headers as Record<string, string>
    const signedAt = Number(headers['KALSHI-ACCESS-TIMESTAMP'])
    const { fuses } = this.#deps
    const barred = fuses.bar(method, signedAt)
    if (barred !== null) return barred
    this.#deps.arriving(parcel)
    const kept = method === 'POST' ? fuses.kept(path, body) : body
    const answer = this.#deps.rest.handle({
      method,
      url,
      headers: { 'content-type': 'application/json', 'kalshi-access-key': 'sim' },
      text: kept === null ? '' : JSON.stringify(kept),
    })
    this.#deps.arrived(parcel)
    return method === 'POST' ? this.#deps.group.disguised(answer) : answer
  }

  #response({ status, body }: Answer): Response {
    // Undefined stands for a body that breaks off.
    const text = body === null ? '' : (JSON.stringify(body) ?? '{"order_id":"')
    const date = new Date(this.#deps.venueNow()).toUTCString()
    const headers = { get: () => date }
    return { status, headers, text: () => Promise.resolve(text) } as unknown as Response
  }
}
