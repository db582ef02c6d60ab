// The evenings of the drill, in the order in which they are played.

import type { Evening } from './evening.ts'
import { exchangePause, keyRevoked, muteFeed, settlement } from './feed-evenings.ts'
import {
  bucketDown,
  crash,
  deskAway,
  deskDead,
  everythingLost,
  redeploy,
  runawayPosition,
} from './house-evenings.ts'

export const EVENINGS: readonly Evening[] = [
  muteFeed,
  keyRevoked,
  deskDead,
  deskAway,
  crash,
  redeploy,
  bucketDown,
  exchangePause,
  settlement,
  runawayPosition,
  everythingLost,
]
