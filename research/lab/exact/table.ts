// What the product earns of what could be earned, by arithmetic alone: one certainty equivalent for
// each world and each way of quoting.

import { tableOf } from '../../../src/plot/table.ts'
import { bySkew, takerCost } from '../makers/leaving.ts'
import { byValue, outward } from '../makers/rounding.ts'
import { anyPrice, oneASecond, WholeCents } from './optimum.ts'
import { Product, type ProductOptions, unrounded } from './product.ts'
import { SETTINGS, type Setting } from './setting.ts'
import { Sweep } from './sweep.ts'

const MONTH = 30 * 86_400

/** Ways of quoting, the columns of the table; those with an exit only where a contract settles. */
export const WAYS = [
  'optimum, any price',
  'product, any price',
  'optimum, whole cents',
  'outward',
  'by value',
  'optimum with exit',
  'by value with exit',
] as const
/** The optimum where at most one taker comes a second, what the lab's makers are measured by. */
export const LAB_WAYS = ['optimum of the lab', 'optimum of the lab with exit'] as const
export type Way = (typeof WAYS)[number] | (typeof LAB_WAYS)[number]

/** Cents a session; NaN where the way does not apply. */
export const worthOf = (setting: Setting, way: Way): number => {
  const closesLater = setting.settles ? 0 : MONTH
  const product = (options: ProductOptions): number =>
    new Sweep(setting, takerCost).solve(new Product({ closesLater, ...options }))
  switch (way) {
    case 'optimum, any price':
      return new Sweep(setting).solve(anyPrice)
    case 'optimum, whole cents':
      return new Sweep(setting).solve(new WholeCents())
    case 'optimum of the lab':
      return new Sweep(setting).solve(oneASecond(new WholeCents()))
    case 'optimum of the lab with exit':
      return setting.settles
        ? new Sweep(setting, takerCost).solve(oneASecond(new WholeCents(true)))
        : Number.NaN
    case 'product, any price':
      return product({ rounding: unrounded })
    case 'outward':
      return product({ rounding: outward })
    case 'by value':
      return product({ rounding: byValue })
    case 'optimum with exit':
      return setting.settles
        ? new Sweep(setting, takerCost).solve(new WholeCents(true))
        : Number.NaN
    case 'by value with exit':
      return setting.settles ? product({ rounding: byValue, leaving: bySkew }) : Number.NaN
  }
}

const cents = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(1))
const percent = (value: number, whole: number): string =>
  Number.isNaN(value) ? '' : `${((100 * value) / whole).toFixed(1)} %`

/** Cents and shares of the optimum; `worths` in the order of SETTINGS, each in that of WAYS. */
export const exactTable = (worths: readonly (readonly number[])[]): string => {
  const rows = SETTINGS.map(({ name }, s) => [name, ...worths[s]!.map(cents)])
  const [whole, leaving] = [WAYS.indexOf('optimum, whole cents'), WAYS.indexOf('optimum with exit')]
  const shares = SETTINGS.map(({ name }, s) => {
    const row = worths[s]!
    const of = (way: (typeof WAYS)[number], best: number): string =>
      percent(row[WAYS.indexOf(way)]!, row[best]!)
    return [
      name,
      of('product, any price', WAYS.indexOf('optimum, any price')),
      of('outward', whole),
      of('by value', whole),
      of('by value with exit', leaving),
    ]
  })
  const titles = ['world', 'any price', 'outward', 'by value', 'by value with exit']
  return [
    'Certainty equivalent, cents a session:',
    '',
    tableOf([['world', ...WAYS], ...rows]),
    '',
    'Share of the optimum of the same kind:',
    '',
    tableOf([titles, ...shares]),
  ].join('\n')
}
