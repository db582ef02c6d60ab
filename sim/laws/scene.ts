// What the laws are judged on: the exchange's own books, and what is on its way to and from it.

import type { Account } from '../../mocks/kalshi/exchange/account.ts'
import type { Exchange } from '../../mocks/kalshi/exchange/exchange.ts'
import type { Listing } from '../../mocks/kalshi/exchange/listing.ts'
import type { Lease } from '../../src/core/vocabulary/events.ts'
import type { Parameters } from '../../src/core/vocabulary/parameters.ts'
import type { BookMute } from '../troubles/book-mute.ts'
import type { Fuses } from '../troubles/fuses.ts'
import type { GroupTrouble } from '../troubles/group-trouble.ts'
import type { HeardTroubles } from '../troubles/heard-troubles.ts'
import type { HoursTrouble } from '../troubles/hours.ts'
import type { SiblingTrouble } from '../troubles/siblings.ts'
import type { StorageTrouble } from '../troubles/storage-trouble.ts'
import type { Cable } from '../world/cable.ts'
import type { DeskLine } from '../world/desk.ts'
import type { Life } from '../world/life.ts'
import type { Mailbox } from '../world/mailbox.ts'
import type { OwnAccount } from '../world/own-account.ts'
import type { Post } from '../world/post.ts'

export interface Scene {
  readonly mailbox: Mailbox
  readonly exchange: Exchange
  readonly account: Account
  /** The part of it that is the maker's. */
  readonly own: OwnAccount
  readonly listing: Listing
  readonly post: Post
  readonly parameters: Parameters
  readonly life: Life | null
  readonly lifeNumber: number
  readonly cable: Cable | null
  /** What the present socket is subscribed to at the exchange. */
  readonly subscribed: ReadonlySet<string>
  readonly bookMute: BookMute
  readonly heard: HeardTroubles
  readonly siblings: SiblingTrouble
  readonly hours: HoursTrouble
  readonly lease: Lease
  readonly desk: DeskLine
  readonly group: GroupTrouble
  readonly fuses: Fuses
  readonly storage: StorageTrouble
  /** Our own clock. */
  readonly ownNow: number
  /** The exchange's clock. */
  readonly venueNow: number
  readonly stopped: boolean
  /** When our clock last jumped. */
  readonly jumpedAt: number
}
