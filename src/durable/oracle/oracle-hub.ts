// One feed and the makers that listen to it: who follows what, whether each mapping holds, and what is
// told to whom and when.
//
// A maker is never waited for: one message at a time is on its way to each, and what changes meanwhile
// is told when it has arrived. Mappings are checked at load and every fifteen minutes; a check that
// cannot be made keeps the last verdict for an hour, one that fails ends it at once.

import type { Millis } from '../../core/vocabulary/units.ts'
import type { ExternalFeed, FeedWorld } from '../../signals/feeds/feed.ts'
import { reasonOf } from '../../signals/feeds/feed.ts'
import { afterCase, type LicenceRecord, newRecord, verdictOf } from '../../signals/licence/case.ts'
import { afterFailedCheck } from '../../signals/licence/licence.ts'
import { type ShadowLine, seriesOf } from '../../signals/licence/shadow-log.ts'
import type { Mapping } from '../../signals/mapping/mapping-config.ts'
import { parseTicker } from '../../signals/mapping/ticker.ts'
import { type KalshiFacts, verifySource } from '../../signals/matching/verify.ts'
import { sumCheck } from '../../signals/matching/watch.ts'
import {
  type ExternalNews,
  type FeedName,
  feedsOf,
  REGIMES,
  type Regime,
  type SourceSet,
} from '../../signals/signal/news.ts'
import { Outlook } from '../../signals/signal/outlook.ts'

export interface DeskWorld extends FeedWorld {
  /** What our own venue says of a ticker. Rejects when it cannot be read. */
  facts(ticker: string): Promise<KalshiFacts>
  /** Resolves false when the maker does not want to hear. */
  tell(ticker: string, news: ExternalNews): Promise<boolean>
  forget(key: string): void
}

const CHECK_EVERY: Millis = 15 * 60_000
const CHECK_RETRY: Millis = 60_000
/** How long a good verdict stands while it cannot be repeated. */
const VERDICT_STANDS: Millis = 3_600_000

const FOLLOWED = 'followed/'
const LICENCE = 'licence/'

/** What is stored of a ticker that is followed. */
interface Following {
  readonly mapping: Mapping
  readonly set: SourceSet
}

/** A ticker that is followed. */
class Followed {
  readonly mapping: Mapping
  readonly set: SourceSet
  readonly outlook: Outlook
  telling = false
  checking = false
  checkAt: Millis = 0
  checkedAt: Millis = Number.NEGATIVE_INFINITY

  constructor(mapping: Mapping, set: SourceSet, outlook: Outlook) {
    this.mapping = mapping
    this.set = set
    this.outlook = outlook
  }
}

export class OracleDesk {
  readonly name: FeedName
  readonly #world: DeskWorld
  readonly #feed: ExternalFeed
  readonly #followed = new Map<string, Followed>()
  readonly #licences = new Map<string, LicenceRecord>()

  /**
   * @param open makes the feed; `changed` is to be called with tickers that may have another price
   * @param kept what an earlier life has stored, by key
   */
  constructor(
    name: FeedName,
    world: DeskWorld,
    open: (changed: (tickers: readonly string[]) => void) => ExternalFeed,
    kept: ReadonlyMap<string, unknown>,
  ) {
    this.name = name
    this.#world = world
    this.#feed = open((tickers) => {
      for (const ticker of tickers) this.#look(ticker)
    })
    for (const [key, value] of kept) {
      if (key.startsWith(LICENCE)) {
        const record = value as LicenceRecord
        this.#licences.set(caseOf(record.set, record.series, record.regime), record)
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

  /** Looks at a ticker as one feed of `set`; its licence is that of the set, known to the first feed. */
  follow(ticker: string, mapping: Mapping, set: SourceSet): ExternalNews {
    const known = this.#followed.get(ticker)
    if (known === undefined || known.set !== set || !same(known.mapping, mapping)) {
      this.#add(ticker, mapping, set)
      this.#world.keep(`${FOLLOWED}${ticker}`, { mapping, set } satisfies Following)
      this.#refollow()
    }
    const at = this.#world.now()
    const followed = this.#followed.get(ticker)!
    followed.outlook.look(this.#feed.sight(mapping, at), at)
    this.#check(ticker, followed, at)
    return followed.outlook.news(at)
  }

  unfollow(ticker: string): void {
    if (!this.#followed.delete(ticker)) return
    this.#world.forget(`${FOLLOWED}${ticker}`)
    this.#refollow()
    if (this.isIdle) this.#feed.stop()
  }

  /** Each second. */
  beat(at: Millis): void {
    this.#feed.check(at)
    for (const [ticker, followed] of [...this.#followed]) {
      this.#check(ticker, followed, at)
      this.#look(ticker)
    }
  }

  candidates(ticker: string): ReturnType<ExternalFeed['candidates']> {
    return this.#feed.candidates(ticker)
  }

  licences(): LicenceRecord[] {
    return [...this.#licences.values()]
  }

  licenceOf(set: SourceSet, series: string, regime: Regime = 'before'): LicenceRecord {
    return this.#licences.get(caseOf(set, series, regime)) ?? newRecord(set, series, regime)
  }

  /** Judges rows of a series, and lets every maker know what becomes of its licence. */
  judge(
    set: SourceSet,
    series: string,
    regime: Regime,
    rows: readonly ShadowLine[],
  ): LicenceRecord {
    const record = this.licenceOf(set, series, regime)
    const at = this.#world.now()
    const judged = afterCase(record, verdictOf(record, rows), at)
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
    const own = caseOf(owned, series, regime)
    this.#licences.set(own, record)
    this.#world.keep(`${LICENCE}${own}`, record)
    for (const [ticker, { outlook, set }] of this.#followed) {
      if (caseOf(set, seriesOf(ticker), regime) !== own) continue
      outlook.licence = { ...outlook.licence, [regime]: record.state }
      this.#look(ticker)
    }
  }

  #add(ticker: string, mapping: Mapping, set: SourceSet): void {
    const outlook = new Outlook(this.name)
    const series = seriesOf(ticker)
    outlook.licence = {
      before: this.licenceOf(set, series, 'before').state,
      play: this.licenceOf(set, series, 'play').state,
    }
    this.#followed.set(ticker, new Followed(mapping, set, outlook))
  }

  #refollow(): void {
    this.#feed.follow(
      new Map([...this.#followed].map(([ticker, { mapping }]) => [ticker, mapping])),
    )
  }

  #look(ticker: string): void {
    const followed = this.#followed.get(ticker)
    if (followed === undefined) return
    const at = this.#world.now()
    const { outlook, mapping } = followed
    outlook.look(this.#feed.sight(mapping, at), at)
    if (!followed.telling && outlook.due(at)) void this.#tell(ticker, followed, at)
  }

  async #tell(ticker: string, followed: Followed, at: Millis): Promise<void> {
    followed.telling = true
    let wanted: boolean
    try {
      wanted = await this.#world.tell(ticker, followed.outlook.news(at))
    } catch (error) {
      // The next beat tries again; at once would be a busy loop.
      followed.outlook.untold()
      followed.telling = false
      this.#world.log('debug', 'external-not-told', { ticker, detail: reasonOf(error) })
      return
    }
    followed.telling = false
    if (this.#followed.get(ticker) !== followed) return
    if (wanted) this.#look(ticker)
    else this.unfollow(ticker)
  }

  #check(ticker: string, followed: Followed, at: Millis): void {
    const early = at < followed.checkAt && followed.checkAt - at <= CHECK_EVERY
    if (followed.checking || early) return
    followed.checking = true
    void this.#verify(ticker, followed).finally(() => {
      followed.checking = false
      if (this.#followed.get(ticker) === followed) this.#look(ticker)
    })
  }

  /** M1 to M7, M9 and M10; M8 needs our venue's price and is the maker's. Never rejects. */
  async #verify(ticker: string, followed: Followed): Promise<void> {
    const { mapping, outlook } = followed
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
      const held = outlook.verified !== false
      outlook.verified = failures.length === 0
      outlook.failures = failures
      followed.checkAt = at + CHECK_EVERY
      followed.checkedAt = at
      if (failures.length === 0 || !held) return
      this.#world.log('error', 'mapping-failed', { ticker, reasons: failures.join('; ') })
      // The first feed of the set keeps the licence; of another one's failure the maker tells it.
      if (feedsOf(followed.set)[0] === this.name) this.failed(followed.set, ticker)
    } catch (error) {
      const reason = `not checked: ${reasonOf(error)}`
      outlook.failures = [reason]
      if (at - followed.checkedAt > VERDICT_STANDS && outlook.verified !== null) {
        outlook.verified = false
      }
      this.#world.log('warn', 'mapping-not-checked', { ticker, reason })
    }
  }

  /** M9: both teams of a game, where both are mapped and priced, must add up to one; '' when so. */
  #sumOf({ cluster, ticker }: Mapping): string {
    const own = parseTicker(ticker)
    if (cluster === '' || own.kind === 'refused' || own.question !== 'game') return ''
    const teams = new Map<string, number>()
    for (const [other, { mapping, outlook }] of this.#followed) {
      const parsed = parseTicker(other)
      if (mapping.cluster !== cluster || parsed.kind === 'refused') continue
      if (parsed.question === 'game' && parsed.yes !== null && outlook.p !== null) {
        teams.set(parsed.yes.code, outlook.p)
      }
    }
    if (teams.size !== 2) return ''
    const { ok, code, detail } = sumCheck([...teams.values()])
    return ok ? '' : `${code}: ${detail}`
  }
}

/** The key of one licence. */
const caseOf = (set: SourceSet, series: string, regime: Regime): string =>
  `${set}/${series}/${regime}`

const same = (one: Mapping, other: Mapping): boolean =>
  JSON.stringify(one) === JSON.stringify(other)
