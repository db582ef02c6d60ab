// Holds the worker's bundle to its budget: what is uploaded, gzipped. Cloudflare's own limit is 3
// MB (free plan) and 10 MB (paid, 2026); a small bundle starts fast after an eviction.

import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = 320_000

const bundle = readFileSync(new URL('../dist/index.js', import.meta.url))
const size = gzipSync(bundle, { level: 9 }).length
console.log(`worker bundle: ${size} bytes gzipped (${bundle.length} plain), budget ${BUDGET}`)
if (size > BUDGET) {
  console.error('Over budget: a library too many, or one that does not belong into the worker')
  process.exit(1)
}
