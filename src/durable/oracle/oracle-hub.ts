// Serves one feed to its makers: who follows what, whether each mapping holds, whom to notify and
// when.
//
// A maker is never waited for: one message at a time is on its way to each, and later changes
// follow once it has arrived. Mappings are checked at load and every fifteen minutes. A check that
// cannot be made keeps the last verdict for an hour; one that fails ends it at once.

import { messageOf } from '../../core/vocabulary/outcome.ts'
import type { Millis } from '../../core/vocabulary/units.ts'
import type { ExternalFeed, FeedWorld } from '../../signals/feeds/feed.ts'
import { afterFailedCheck } from '../../signals/licence/licence.ts'
import type { LicenceRecord } from '../../signals/licence/review.ts'
import { afterReview, newRecord, verdictOf } from '../../signals/licence/review.ts'
import { type ShadowLine, seriesOf } from '../../signals/licence/shadow-log.ts'
import type { Mapping } from '../../signals/mapping/mapping-config.ts'
import { parseTicker } from '../../signals/mapping/ticker.ts'
import { type KalshiFacts, verifySource } from '../../signals/matching/verify.ts'
import { sumCheck } from '../../signals/matching/watch.ts'
import {
  type FeedName,
  feedsOf,
  REGIMES,
  type Regime,
  type SignalUpdate,
  type SourceSet,
} from '../../signals/signal/signal-update.ts'
import { TickerSignal } from '../../signals/signal/ticker-signal.ts'

export interface HubWorld extends FeedWorld {
  /** What our own venue says of a ticker. Rejects when it cannot be read. */
  facts(ticker: string): Promise<KalshiFacts>
  /** Resolves false when the maker wants no updates. */
  notify(ticker: string, update: SignalUpdate): Promise<boolean>
  forget(key: string): void
}

const CHECK_EVERY: Millis = 15 * 60_000
const CHECK_RETRY: Millis = 60_000
/** How long a good verdict stands while it cannot be repeated. */
const VERDICT_STANDS: Millis = 3_600_000

const FOLLOWED = 'followed/'
const LICENCE = 'licence/'

interface Following {
  readonly mapping: Mapping
  readonly set: SourceSet
}

/** A ticker that is followed. */
interface Followed extends Following {
  readonly signal: TickerSignal
  notifying: boolean
  checking: boolean
  checkAt: Millis
  checkedAt: Millis
}

export class OracleHub {
  readonly name: FeedName
  readonly #world: HubWorld
  readonly #feed: ExternalFeed
  readonly #followed = new Map<string, Followed>()
  readonly #licences = new Map<string, LicenceRecord>()

  /**
   * @param open makes the feed; `changed` is to be called with tickers that may have another price
   * @param kept what an earlier life has stored, by key
   */
  constructor(
    name: FeedName,
    world: HubWorld,
    open: (changed: (tickers: readonly string[]) => void) => ExternalFeed,
    kept: ReadonlyMap<string, unknown>,
  ) {
    this.name = name
    this.#world = world
    this.#feed = open((tickers) => {
      for (const ticker of tickers) this.#refresh(ticker)
    })
    for (const [key, value] of kept) {
      if (key.startsWith(LICENCE)) {
        const record = value as LicenceRecord
        this.#licences.set(licenceKey(record.set, record.series, record.regime), record)
      }
    }
    for (const [key, value] of kept) {
      if (!key.startsWith(FOLLOWED)) continue
      const { mapping, set } = value as Following
      this.#add(key.slice(FOLLOWED.length), mapping, set)
    }
    if (this.#followed.size > 0) this.#refollow()
  }

  get isIdle(): boolean {
    return this.#followed.size === 0
  }

  /** Follows a ticker as one feed of `set`. The set's licence is known to its first feed. */
  follow(ticker: string, mapping: Mapping, set: SourceSet): SignalUpdate {
    const known = this.#followed.get(ticker)
    if (known === undefined || known.set !== set || !same(known.mapping, mapping)) {
      this.#add(ticker, mapping, set)
      this.#world.keep(`${FOLLOWED}${ticker}`, { mapping, set } satisfies Following)
      this.#refollow()
    }
    const at = this.#world.now()
    const followed = this.#followed.get(ticker)!
    followed.signal.observe(this.#feed.readings(mapping, at), at)
    this.#check(ticker, followed, at)
    return followed.signal.nextUpdate(at)
  }

  unfollow(ticker: string): void {
    if (!this.#followed.delete(ticker)) return
    this.#world.forget(`${FOLLOWED}${ticker}`)
    this.#refollow()
    if (this.isIdle) this.#feed.stop()
  }

  tick(at: Millis): void {
    this.#feed.check(at)
    for (const [ticker, followed] of [...this.#followed]) {
      this.#check(ticker, followed, at)
      this.#refresh(ticker)
    }
  }

  candidates(ticker: string): ReturnType<ExternalFeed['candidates']> {
    return this.#feed.candidates(ticker)
  }

  licences(): LicenceRecord[] {
    return [...this.#licences.values()]
  }

  licenceOf(set: SourceSet, series: string, regime: Regime = 'before'): LicenceRecord {
    return this.#licences.get(licenceKey(set, series, regime)) ?? newRecord(set, series, regime)
  }

  /** Judges rows of a series, and notifies every maker of what becomes of its licence. */
  judge(
    set: SourceSet,
    series: string,
    regime: Regime,
    rows: readonly ShadowLine[],
  ): LicenceRecord {
    const record = this.licenceOf(set, series, regime)
    const at = this.#world.now()
    const judged = afterReview(record, verdictOf(record, rows), at)
    this.#setLicence(judged)
    this.#world.log('info', 'licence-judged', {
      set,
      series,
      regime,
      licensed: judged.verdict?.licensed ?? false,
      level: judged.state.level,
      reasons: judged.verdict?.reasons.join(' ') ?? '',
    })
    return judged
  }

  /** A check of this ticker's mapping has failed: twice in a day ends the licence of its series. */
  failed(set: SourceSet, ticker: string): void {
    for (const regime of REGIMES) {
      const record = this.licenceOf(set, seriesOf(ticker), regime)
      const state = afterFailedCheck(record.state, this.#world.now())
      this.#setLicence({ ...record, state })
    }
  }

  #setLicence(record: LicenceRecord): void {
    const { set: owned, series, regime } = record
    const own = licenceKey(owned, series, regime)
    this.#licences.set(own, record)
    this.#world.keep(`${LICENCE}${own}`, record)
    for (const [ticker, { signal, set }] of this.#followed) {
      if (licenceKey(set, seriesOf(ticker), regime) !== own) continue
      signal.licence = { ...signal.licence, [regime]: record.state }
      this.#refresh(ticker)
    }
  }

  #add(ticker: string, mapping: Mapping, set: SourceSet): void {
    const signal = new TickerSignal(this.name)
    const series = seriesOf(ticker)
    signal.licence = {
      before: this.licenceOf(set, series, 'before').state,
      play: this.licenceOf(set, series, 'play').state,
    }
    const checks = { checking: false, checkAt: 0, checkedAt: Number.NEGATIVE_INFINITY }
    this.#followed.set(ticker, { mapping, set, signal, notifying: false, ...checks })
  }

  #refollow(): void {
    this.#feed.follow(
      new Map([...this.#followed].map(([ticker, { mapping }]) => [ticker, mapping])),
    )
  }

  #refresh(ticker: string): void {
    const followed = this.#followed.get(ticker)
    if (followed === undefined) return
    const at = this.#world.now()
    const { signal, mapping } = followed
    signal.observe(this.#feed.readings(mapping, at), at)
    if (!followed.notifying && signal.isDue(at)) void this.#notify(ticker, followed, at)
  }

  async #notify(ticker: string, followed: Followed, at: Millis): Promise<void> {
    followed.notifying = true
    let wanted: boolean
    try {
      wanted = await this.#world.notify(ticker, followed.signal.nextUpdate(at))
    } catch (error) {
      // The next tick tries again; at once would be a busy loop.
      followed.signal.notDelivered()
      followed.notifying = false
      this.#world.log('debug', 'external-not-told', { ticker, detail: messageOf(error) })
      return
    }
    followed.notifying = false
    if (this.#followed.get(ticker) !== followed) return
    if (wanted) this.#refresh(ticker)
    else this.unfollow(ticker)
  }

  #check(ticker: string, followed: Followed, at: Millis): void {
    const early = at < followed.checkAt && followed.checkAt - at <= CHECK_EVERY
    if (followed.checking || early) return
    followed.checking = true
    void this.#verify(ticker, followed).finally(() => {
      followed.checking = false
      if (this.#followed.get(ticker) === followed) this.#refresh(ticker)
    })
  }

  /** M1 to M7, M9 and M10; M8 needs our venue's price and is the maker's. Never rejects. */
  async #verify(ticker: string, followed: Followed): Promise<void> {
    const { mapping, signal } = followed
    const at = this.#world.now()
    followed.checkAt = at + CHECK_RETRY
    try {
      const kalshi = await this.#world.facts(ticker)
      const failures: string[] = []
      let own = 0
      for (const [index, source] of mapping.sources.entries()) {
        if (!this.#feed.owns(source)) continue
        own++
        const rows = await this.#feed.rows(mapping, source)
        failures.push(...verifySource(mapping, index, kalshi, rows, this.#world.now()).reasons)
      }
      if (own === 0) failures.push(`M2: the mapping names no source of ${this.name}`)
      const sum = this.#sumOf(mapping)
      if (sum !== '') failures.push(sum)
      const held = signal.verified !== false
      signal.verified = failures.length === 0
      signal.failures = failures
      followed.checkAt = at + CHECK_EVERY
      followed.checkedAt = at
      if (failures.length === 0 || !held) return
      this.#world.log('error', 'mapping-failed', { ticker, reasons: failures.join('; ') })
      // The first feed of the set keeps the licence; the maker reports failures of the others to
      // it.
      if (feedsOf(followed.set)[0] === this.name) this.failed(followed.set, ticker)
    } catch (error) {
      const reason = `not checked: ${messageOf(error)}`
      signal.failures = [reason]
      if (at - followed.checkedAt > VERDICT_STANDS && signal.verified !== null) {
        signal.verified = false
      }
      this.#world.log('warn', 'mapping-not-checked', { ticker, reason })
    }
  }

  /** M9: both teams of a game, where both are mapped and priced, must add up to one; '' when so. */
  #sumOf({ cluster, ticker }: Mapping): string {
    const own = parseTicker(ticker)
    if (cluster === '' || own.kind === 'refused' || own.question !== 'game') return ''
    const teams = new Map<string, number>()
    for (const [other, { mapping, signal }] of this.#followed) {
      const parsed = parseTicker(other)
      if (mapping.cluster !== cluster || parsed.kind === 'refused') continue
      if (parsed.question === 'game' && parsed.yes !== null && signal.p !== null) {
        teams.set(parsed.yes.code, signal.p)
      }
    }
    if (teams.size !== 2) return ''
    const { ok, code, detail } = sumCheck([...teams.values()])
    return ok ? '' : `${code}: ${detail}`
  }
}

const licenceKey = (set: SourceSet, series: string, regime: Regime): string =>
  `${set}/${series}/${regime}`

const same = (one: Mapping, other: Mapping): boolean =>
  JSON.stringify(one) === JSON.stringify(other)
