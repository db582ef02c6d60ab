// Keeps the ticker's order group at the exchange: made once, kept over restarts, watched, and reset
// when a person releases the maker.
//
// In: the group's channel, refused orders, the heartbeat. Out: the group that new orders name, and
// the word that it has tripped. It is a second fuse beside the maker's own: where the exchange does
// not give us a group, quoting goes on without it. One call at a time; nothing waits for them.

import type { Log } from '../../../config/log.ts'
import type { GroupTerms } from '../../../core/maker/limits/group-terms.ts'
import type { OrderGroupStatus } from '../../../core/status/status.ts'
import { backoffMs } from '../../../core/vocabulary/backoff.ts'
import type { ControlEvent, GroupFrame } from '../../../core/vocabulary/events.ts'
import type { Outcome, Rejected } from '../../../core/vocabulary/outcome.ts'
import type { Millis } from '../../../core/vocabulary/units.ts'
import type { GroupCalls, GroupRef } from '../../../kalshi/rest/order-groups.ts'

/** A frame may be lost, so the group is read as often as our orders are listed. */
const READ_EVERY_MS = 60_000
/** Whatever gives reason to doubt, it is read no more often than this. */
const READ_AGAIN_MS = 5_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 300_000
/** What says tripped so soon after a reset may be from before it. */
const RESET_SETTLES_MS = 5_000
/** A group that was just made may not be readable yet. */
const MOST_UNREAD = 5

/** What is stored about a group. */
export interface StoredGroup extends GroupRef {
  readonly limit: number
  /** What its flag says while it takes orders; the other value says that it has tripped. */
  readonly armedFlag: boolean
}

type How = Extract<ControlEvent, { type: 'group-triggered' }>['how']

export interface GroupWorld {
  readonly calls: Pick<GroupCalls, 'create' | 'get' | 'reset' | 'setLimit' | 'remove'>
  /** What was stored by an earlier run. */
  readonly stored: StoredGroup | null
  now(): Millis
  /** Sends a call where it holds up nothing. */
  read<T>(ask: () => Promise<T>): Promise<T>
  write<T>(ask: () => Promise<T>): Promise<T>
  terms(): GroupTerms | null
  keep(group: StoredGroup | null): void
  /** New orders join this group from now on; '' for none. */
  use(id: string): void
  triggered(how: How): void
  readonly log: Log
}

/** A group that was made and is not in use yet. */
interface Made extends GroupRef {
  readonly limit: number
  unread: number
  wasReset: boolean
}

export class OrderGroup {
  readonly #world: GroupWorld
  #group: StoredGroup | null
  #made: Made | null = null
  #isTripped = false
  /** The last call that was begun. */
  #call: Promise<void> = Promise.resolve()
  #isBusy = false
  #failures = 0
  #detail = ''
  /** No call before then. */
  #retryAt: Millis = 0
  /** When the group is read next, and when it was read last. */
  #readAt: Millis = 0
  #wasReadAt: Millis = Number.NEGATIVE_INFINITY
  #resetAt: Millis = Number.NEGATIVE_INFINITY
  #used = ''
  /** The channel's subscription, and the number of its last frame. */
  #sid = 0
  #seq = 0

  constructor(world: GroupWorld) {
    this.#world = world
    this.#group = world.stored
  }

  /** The group has tripped, and no reset is known. */
  get isTripped(): boolean {
    return this.#isTripped
  }

  get status(): OrderGroupStatus {
    const used = this.#used === '' ? null : this.#group
    const state = used === null ? 'none' : this.#isTripped ? 'triggered' : 'armed'
    return { id: used?.id ?? null, limit: used?.limit ?? null, state, detail: this.#detail }
  }

  /** Does what is due. Called at each heartbeat, and when a connection begins. */
  tend(at: Millis): void {
    const terms = this.#world.terms()
    if (terms === null) return
    this.#use(terms)
    // A halt may have been lifted by others than the person who would have reset the group.
    if (this.#isTripped && this.#used !== '' && !terms.isHalted) this.#world.triggered('read')
    if (this.#isBusy || at < this.#retryAt) return
    const task = this.#due(terms, at)
    if (task !== null) this.#call = this.#run(task)
  }

  /** A frame of the channel, about any group of the account. */
  heard({ groupId, change, sid, seq, at }: GroupFrame): void {
    const next = sid === this.#sid ? this.#seq + 1 : 1
    this.#sid = sid
    this.#seq = seq
    if (seq > next) this.doubt(at)
    if (groupId !== this.#group?.id) return
    if (change === 'triggered') this.#suspect('heard', at)
    else if (change === 'reset') this.#isTripped = false
    else this.doubt(at)
  }

  /** The exchange refused a new order: perhaps because of its group. */
  refused({ status, code }: Rejected, at: Millis): void {
    if (this.#used === '' || status < 400 || status === 429) return
    if (/group.*(trigger|trip|limit)/i.test(code)) this.#suspect('refused', at)
    else if (!/post_only|cross|paused|balance/i.test(code)) this.doubt(at)
  }

  /** Something may have happened to the group unheard: it is read soon. */
  doubt(at: Millis): void {
    this.#readAt = Math.min(this.#readAt, Math.max(at, this.#wasReadAt + READ_AGAIN_MS))
  }

  /**
   * A person releases the maker: the group takes orders again.
   * @returns why it does not; null where it does
   */
  async rearm(): Promise<string | null> {
    await this.#call
    const group = this.#group
    if (!this.#isTripped || group === null || this.#used === '') return null
    const { calls, read, write, now } = this.#world
    const done = await write(() => calls.reset(group))
    if (done.kind === 'rejected' && done.status === 404) {
      this.#forget()
      return null
    }
    // One that is armed already may refuse a reset.
    const seen = done.kind === 'rejected' ? await read(() => calls.get(group)) : null
    const isArmed = seen?.kind === 'accepted' && seen.value.flag === group.armedFlag
    if (done.kind !== 'accepted' && !isArmed) return describe(done)
    this.#isTripped = false
    this.#resetAt = now()
    this.#world.log('info', 'order-group-reset', { id: group.id })
    return null
  }

  /** The ticker is removed, and its group with it. Never rejects. */
  async remove(): Promise<void> {
    const group = this.#group
    if (group === null) return
    this.#forget()
    const { calls, write, log } = this.#world
    const gone = await write(() => calls.remove(group))
    if (gone.kind !== 'accepted') log('warn', 'order-group-left', { id: group.id })
  }

  #due(terms: GroupTerms, at: Millis): (() => Promise<void>) | null {
    if (!terms.isOn || this.#isTripped) return null
    const group = this.#group
    const made = this.#made
    if (group === null) return made === null ? () => this.#create(terms) : () => this.#prove(made)
    if (group.limit !== terms.limit) return () => this.#setLimit(group, terms.limit)
    return at >= this.#readAt ? () => this.#read(group) : null
  }

  async #run(task: () => Promise<void>): Promise<void> {
    this.#isBusy = true
    try {
      await task()
    } catch (error) {
      this.#failed('order group', { kind: 'unknown', detail: String(error) })
    }
    this.#isBusy = false
  }

  async #create({ limit, exchangeIndex }: GroupTerms): Promise<void> {
    const { calls, write } = this.#world
    const made = await write(() => calls.create(limit, exchangeIndex))
    if (made.kind !== 'accepted') return this.#failed('create', made)
    this.#made = { id: made.value, exchangeIndex, limit, unread: 0, wasReset: false }
    await this.#prove(this.#made)
  }

  /**
   * Learns what the flag of an armed group says, before any order is in it. One that says no may
   * have been tripped already, so it is reset and read again: now it is armed whatever it says.
   */
  async #prove(made: Made): Promise<void> {
    const { calls, read, write } = this.#world
    const seen = await read(() => calls.get(made))
    if (seen.kind !== 'accepted') {
      if (++made.unread >= MOST_UNREAD) this.#made = null
      return this.#failed('read', seen)
    }
    if (!seen.value.flag && !made.wasReset) {
      const reset = await write(() => calls.reset(made))
      if (reset.kind === 'unknown') return this.#failed('reset', reset)
      made.wasReset = true
      return
    }
    const { id, exchangeIndex, limit } = made
    this.#made = null
    this.#done()
    this.#group = { id, exchangeIndex, limit, armedFlag: seen.value.flag }
    this.#wasReadAt = this.#world.now()
    this.#readAt = this.#wasReadAt + READ_EVERY_MS
    this.#world.keep(this.#group)
    this.#world.log('info', 'order-group', { id, limit, flag: seen.value.flag })
    this.#useNow()
  }

  async #read(group: StoredGroup): Promise<void> {
    const { calls, read, now, keep } = this.#world
    this.#readAt = Number.POSITIVE_INFINITY
    this.#wasReadAt = now()
    const seen = await read(() => calls.get(group))
    this.#readAt = Math.min(this.#readAt, this.#wasReadAt + READ_EVERY_MS)
    if (seen.kind === 'rejected' && seen.status === 404) return this.#forget()
    if (seen.kind !== 'accepted') {
      this.#readAt = now()
      return this.#failed('read', seen)
    }
    this.#done()
    const { flag, limit } = seen.value
    if (flag !== group.armedFlag) this.#trip('read')
    if (limit === null || limit === group.limit) return
    this.#group = { ...group, limit }
    keep(this.#group)
  }

  async #setLimit(group: StoredGroup, limit: number): Promise<void> {
    const { calls, write, keep } = this.#world
    const set = await write(() => calls.setLimit(group, limit))
    if (set.kind === 'rejected' && set.status === 404) return this.#forget()
    if (set.kind !== 'accepted') return this.#failed('limit', set)
    this.#done()
    this.#group = { ...group, limit }
    keep(this.#group)
  }

  #suspect(how: How, at: Millis): void {
    if (at < this.#resetAt + RESET_SETTLES_MS) this.doubt(at)
    else this.#trip(how)
  }

  #trip(how: How): void {
    this.#isTripped = true
    if (this.#used !== '') this.#world.triggered(how)
  }

  /** The exchange does not know it any more: another is made. */
  #forget(): void {
    this.#world.log('warn', 'order-group-gone', { id: this.#group?.id ?? '' })
    this.#group = null
    this.#isTripped = false
    this.#world.keep(null)
    this.#useNow()
  }

  #useNow(): void {
    const terms = this.#world.terms()
    if (terms !== null) this.#use(terms)
  }

  // A group of another shard is of no use, and its place is taken by a new one.
  #use({ isOn, exchangeIndex }: GroupTerms): void {
    if (this.#group !== null && this.#group.exchangeIndex !== exchangeIndex) this.#group = null
    const id = isOn ? (this.#group?.id ?? '') : ''
    if (id === this.#used) return
    this.#used = id
    this.#world.use(id)
  }

  #done(): void {
    this.#failures = 0
    this.#detail = ''
  }

  #failed(what: string, outcome: Exclude<Outcome<unknown>, { kind: 'accepted' }>): void {
    this.#detail = `${what}: ${describe(outcome)}`
    // One that is in use must not be left unwatched.
    const longest = this.#group === null ? LONGEST_RETRY_MS : READ_AGAIN_MS
    const wait = backoffMs(this.#failures++, FIRST_RETRY_MS, longest)
    this.#retryAt = this.#world.now() + wait
    const next_s = Math.round(wait / 1000)
    this.#world.log('warn', 'order-group-failed', { detail: this.#detail, next_s })
  }
}

const describe = (outcome: Exclude<Outcome<unknown>, { kind: 'accepted' }>): string =>
  outcome.kind === 'rejected'
    ? `${outcome.status} ${outcome.code} ${outcome.detail}`.trimEnd()
    : outcome.detail
