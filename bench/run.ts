// npm run bench: every figure of the README, each with both of its sides in one run.

import { benchHotPath } from './hot-path.ts'

benchHotPath()
