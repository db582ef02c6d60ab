// npm run bench: every figure of the README, each with both of its sides in one run.

import { benchDecision } from './decision.ts'
import { benchHotPath } from './hot-path.ts'
import { benchJournal } from './journal.ts'
import { benchMockExchange } from './mock-engine.ts'
import { benchReport } from './report.ts'
import { benchTickToOrder } from './tick-to-order.ts'

const only = process.argv[2]
if (only === undefined || only === 'hot-path') benchHotPath()
if (only === undefined || only === 'decision') benchDecision()
if (only === undefined || only === 'journal') benchJournal()
if (only === undefined || only === 'report') benchReport()
if (only === undefined || only === 'tick-to-order') await benchTickToOrder()
if (only === undefined || only === 'mock') await benchMockExchange()
