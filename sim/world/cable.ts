// One socket between the maker and the exchange's feed. Frames of one subscription keep their
// order, those of different ones may overtake each other; any may be late, lost, doubled or
// spoiled. Cut, it stays cut, and what was on its way is gone; our side hears of it at once, late,
// or never.

import type { WebSocket } from 'ws'
import type { FeedSocket } from '../../src/kalshi/feed/feed.ts'
import type { Dice } from '../../src/statistics/random.ts'
import type { GroupTrouble } from '../troubles/group-trouble.ts'
import type { Weather } from '../troubles/weather.ts'
import type { Mailbox } from './mailbox.ts'

export interface CableDeps {
  readonly mailbox: Mailbox
  readonly dice: Dice
  weather(): Weather
  stir(): void
  count(what: string): void
  /** How late a frame comes beside all else, ms. */
  lagMs(isBook: boolean): number
  readonly group: GroupTrouble
}

const SUBSCRIBES_GROUP = '"channels":["order_group_updates"]'
/** The word that a book is subscribed to, with the number of the subscription. */
const BOOK_GIVEN = /"type":"subscribed".*"channel":"orderbook_delta","sid":(\d+)\}/
/** A frame of the order group's channel, or the word that it is subscribed to. */
const OF_GROUP = /"type":"order_group_updates"|"channel":"order_group_updates","sid":\d+\}\}?$/

type Listener = (event: { data?: unknown; code?: number; reason?: string }) => void

/** The subscription that a frame belongs to; 0 for the replies that belong to none. */
const laneOf = (text: string): number => {
  const from = text.indexOf('"sid":')
  return from < 0 ? 0 : Number.parseInt(text.slice(from + 6, from + 12), 10) || 0
}

/** Breaks a frame somewhere behind its sid and seq, or in the number that matters most. */
const spoil = (text: string, dice: Dice): string => {
  switch (dice.whole(0, 2)) {
    case 0:
      return text.slice(0, dice.whole(1, text.length - 1))
    case 1:
      return text.replace(
        /"(delta_fp|count_fp|price_dollars|yes_price_dollars)":"[^"]*"/,
        '"$1":"x"',
      )
    default:
      return text.replace('"market_ticker"', '"market_tickle"')
  }
}

export class Cable {
  /** Frames about the book that the exchange has sent, and the newest of them that arrived. */
  bookSent = 0
  bookHeard = 0
  #open = true
  #mutedUntil = 0
  readonly #deps: CableDeps
  readonly #lanes = new Map<number, number>()
  readonly #ours: Record<string, Listener[]> = { message: [], close: [], error: [] }
  readonly #theirs: Record<string, ((data?: unknown) => void)[]> = {}
  #upAt = 0
  /** What counts as late, ms, and since when the newest frame of the book has been that late. */
  #lateLimit = Number.POSITIVE_INFINITY
  #lateFrom = 0
  /** The newest subscription to the book of which anything has arrived. */
  #bookLane = 0
  /** The newest one that the exchange has given: a wrong number on a frame may be beyond it. */
  #bookGiven = 0

  constructor(deps: CableDeps) {
    this.#deps = deps
  }

  get isOpen(): boolean {
    return this.#open
  }

  /** The exchange's end. */
  readonly server = {
    bufferedAmount: 0,
    send: (text: string): void => this.#send(text),
    on: (name: string, listener: (data?: unknown) => void): void => {
      ;(this.#theirs[name] ??= []).push(listener)
    },
    terminate: (): void => this.cut(false),
    ping: (): void => undefined,
    pong: (): void => undefined,
  } as unknown as WebSocket

  /** The maker's end. */
  readonly client: FeedSocket = {
    send: (text) => {
      if (!this.#open) return
      const { mailbox, group } = this.#deps
      const dice = text.includes(SUBSCRIBES_GROUP) ? group.dice : this.#deps.dice
      const [least, most] = this.#deps.weather().frameMs
      const at = Math.max(this.#upAt, mailbox.now + dice.whole(least, most))
      this.#upAt = at
      mailbox.post(at - mailbox.now, () => {
        if (this.#open) for (const hear of this.#theirs.message ?? []) hear(text)
      })
    },
    close: () => this.#hangUp(),
    addEventListener: (type, listener) => {
      this.#ours[type]!.push(listener)
    },
  }

  /** Since when the frames of the book come later than `limit` ms; 0 while they do not. */
  lateSince(limit: number): number {
    this.#lateLimit = limit
    return this.#lateFrom
  }

  /** Nothing passes for a while, though the socket stays open. */
  mute(ms: number): void {
    this.#mutedUntil = this.#deps.mailbox.now + ms
  }

  /** Ends it. Unless `silently`, our side is told a little later. */
  cut(silently: boolean): void {
    if (!this.#open) return
    this.#hangUp()
    if (silently) return
    this.#deps.mailbox.post(this.#deps.dice.whole(0, 200), () => {
      this.#deps.stir()
      for (const hear of this.#ours.close!) hear({ code: 1006, reason: '' })
    })
  }

  #hangUp(): void {
    if (!this.#open) return
    this.#open = false
    for (const hear of this.#theirs.close ?? []) hear()
  }

  #send(text: string): void {
    if (!this.#open) return
    const { mailbox, count, group } = this.#deps
    const weather = this.#deps.weather()
    const ofGroup = OF_GROUP.test(text)
    const dice = ofGroup ? group.dice : this.#deps.dice
    const book = text.includes('"type":"orderbook_') ? ++this.bookSent : 0
    const lane = laneOf(text)
    this.#bookGiven = Number(BOOK_GIVEN.exec(text)?.[1] ?? this.#bookGiven)
    // News of other markets take no part in the weather, so that it stays what it was without them.
    if (text.includes('"KXELSE-')) {
      this.#deliver(text, text, 0, lane, weather.frameMs[0])
      return
    }
    // That a subscription has ended is said once and shown by nothing else: it is not lost here.
    const last = text.startsWith('{"type":"error"')
    if (!last && mailbox.now < this.#mutedUntil) {
      count('frames muted')
      return
    }
    if (!last && (dice.chance(weather.loseFrame) || (ofGroup && group.isLost()))) {
      count('frames lost')
      return
    }
    const [least, most] = weather.frameMs
    let delay = dice.whole(least, most)
    if (dice.chance(weather.slowFrame)) {
      count('frames slow')
      delay += dice.whole(0, 1_500)
    }
    let told = text
    if (!last && dice.chance(weather.spoilFrame)) {
      count('frames spoiled')
      told = spoil(text, dice)
    }
    const again = this.#deliver(text, told, book, lane, delay)
    if (dice.chance(weather.doubleFrame)) {
      count('frames doubled')
      again()
    }
  }

  /** Has a frame arrive in its turn. Returns what has it arrive once more. */
  #deliver(text: string, told: string, book: number, lane: number, delay: number): () => void {
    const { mailbox } = this.#deps
    const sentAt = mailbox.now
    const due = sentAt + delay + this.#deps.lagMs(book > 0)
    const at = Math.max(this.#lanes.get(lane) ?? 0, due)
    this.#lanes.set(lane, at)
    const hear = (): void => {
      if (!this.#open) return
      // A spoiled frame is as good as lost, and only the next one shows that it is.
      if (told === text && book > this.bookHeard) this.bookHeard = book
      // What is left of a subscription that was given up says nothing of the one that follows, nor
      // does what comes under a number that nobody was given.
      if (book > 0 && lane >= this.#bookLane && lane <= this.#bookGiven) {
        if (lane > this.#bookLane) this.#lateFrom = 0
        this.#bookLane = lane
        if (mailbox.now - sentAt <= this.#lateLimit) this.#lateFrom = 0
        else this.#lateFrom ||= mailbox.now
      }
      for (const listener of this.#ours.message!) listener({ data: told })
    }
    const post = (): void => {
      mailbox.post(at - mailbox.now, hear)
    }
    post()
    return post
  }
}
