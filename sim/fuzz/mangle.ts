// Ways to damage a frame: at the level of its bytes, of its values and of its place in the
// sequence.

import type { Dice } from '../../src/statistics/random.ts'

const ODD_VALUES: readonly unknown[] = [
  null,
  '',
  '-1',
  '0',
  '0.0000',
  '1.0000',
  '0.5',
  '0.4999999',
  '99999999999999999999.99',
  '1e5',
  'NaN',
  '-0.00',
  0,
  -1,
  1.5,
  1e308,
  9_007_199_254_740_992,
  true,
  [],
  {},
  [['0.50', '10.00']],
  'yes',
  'no',
  'bid',
  'resting',
  'executed',
  '\u0000',
  '\ud800',
]

type Node = Record<string, unknown>

/** Every object and list in a frame, outermost first. */
const nodesOf = (root: unknown, into: Node[] = []): Node[] => {
  if (typeof root !== 'object' || root === null) return into
  into.push(root as Node)
  for (const value of Object.values(root)) nodesOf(value, into)
  return into
}

const bytes = (text: string, dice: Dice): string => {
  const at = dice.whole(0, text.length - 1)
  const to = Math.min(text.length, at + dice.whole(1, 30))
  switch (dice.whole(0, 4)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + String.fromCharCode(dice.whole(0, 255)) + text.slice(at + 1)
    case 2:
      return text.slice(0, at) + text.slice(to)
    case 3:
      return text.slice(0, to) + text.slice(at)
    default:
      return `${text}${text.slice(at)}`
  }
}

/**
 * A damaged copy of a frame.
 * @param others frames that values can be taken from
 */
export const mangle = (text: string, others: readonly string[], dice: Dice): string => {
  if (text === '' || dice.chance(0.25)) return text === '' ? '{' : bytes(text, dice)
  let frame: unknown
  let other: unknown
  try {
    frame = JSON.parse(text)
    other = JSON.parse(others[dice.whole(0, others.length - 1)] ?? text)
  } catch {
    return bytes(text, dice)
  }
  const nodes = nodesOf(frame)
  if (nodes.length === 0) return bytes(text, dice)
  for (let turn = dice.whole(1, 2); turn > 0; turn--) {
    const node = nodes[dice.whole(0, nodes.length - 1)]!
    const keys = Object.keys(node)
    const key = keys[dice.whole(0, Math.max(0, keys.length - 1))]
    if (key === undefined) continue
    switch (dice.whole(0, 5)) {
      case 0:
        delete node[key]
        break
      case 1: {
        const from = nodesOf(other)
        const values = Object.values(from[dice.whole(0, from.length - 1)] ?? {})
        node[key] = values[dice.whole(0, Math.max(0, values.length - 1))]
        break
      }
      case 2:
        node[`${key}x`] = node[key]
        break
      case 3:
        if (typeof node[key] === 'number') node[key] = (node[key] as number) + dice.whole(-3, 3)
        else node[key] = String(dice.whole(-10_000, 20_000) / 10_000)
        break
      default:
        node[key] = ODD_VALUES[dice.whole(0, ODD_VALUES.length - 1)]
    }
  }
  return JSON.stringify(frame) ?? '{'
}
