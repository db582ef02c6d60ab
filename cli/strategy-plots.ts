// Draws the figures of docs/strategy.md: each from the functions that quote, none by hand.
//
//   npm run strategy-plots
//
// A test draws them again and compares the bytes, so that the page cannot say what the code no
// longer does.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { CLOCK } from '../research/strategy-plots/clock.ts'
import { drawFigure, type Figure } from '../research/strategy-plots/figure.ts'
import { MOVING } from '../research/strategy-plots/moving.ts'
import { PRICES } from '../research/strategy-plots/prices.ts'
import { SIZES } from '../research/strategy-plots/sizes.ts'

const FIGURES: Readonly<Record<string, () => Figure>> = { ...PRICES, ...SIZES, ...MOVING, ...CLOCK }

export const FOLDER = new URL('../docs/strategy/', import.meta.url)

/** The file names of all figures. */
export const figureNames = (): string[] => Object.keys(FIGURES).map((name) => `${name}.svg`)

/**
 * The figure as it is to stand in the file of that name.
 * @throws Error for a name that is not one of `figureNames`
 */
export const figureOf = (file: string): string => {
  const draw = FIGURES[file.replace(/\.svg$/, '')]
  if (draw === undefined) {
    throw new Error(
      `Drawing a figure failed: found ${file}, wanted one of ${figureNames().join(', ')}`,
    )
  }
  return drawFigure(draw())
}

/** Writes every figure, and takes away those that are none any more. */
const writeAll = (): void => {
  mkdirSync(FOLDER, { recursive: true })
  const names = figureNames()
  for (const file of readdirSync(FOLDER)) {
    if (!names.includes(file)) rmSync(new URL(file, FOLDER))
  }
  for (const file of names) writeFileSync(new URL(file, FOLDER), figureOf(file))
  console.log(`${names.length} figures in docs/strategy`)
}

if (import.meta.main) writeAll()
