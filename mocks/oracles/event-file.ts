// Reads the file of events: a JSON list of games and questions, read once at the start. Every
// mistake, unknown members included, is an error that names the entry; nothing falls back to a
// default.

import { readFile } from 'node:fs/promises'
import {
  type Body,
  nameIn,
  numberIn,
  OperatorError,
  oneOf,
  onlyKeys,
} from '../common/operator-input.ts'
import { type EventSpec, game, question, type Team } from './common/spec.ts'

const timeIn = (body: Body, key: string): number => {
  const text = nameIn(body, key)
  const at = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isFinite(at)) return at
  throw new OperatorError(
    `Operator request failed: ${key} was "${text}", wanted a time with a zone such as "2026-12-13T18:00:00Z"`,
  )
}

const teamIn = (body: Body, key: string): Team => {
  const value = body[key]
  if (typeof value !== 'object' || value === null) {
    throw new OperatorError(
      `Operator request failed: ${key} was ${JSON.stringify(value) ?? 'absent'}, wanted {"code":"dal","name":"Dallas Cowboys"}`,
    )
  }
  return { code: nameIn(value as Body, 'code'), name: nameIn(value as Body, 'name') }
}

const VERSIONS = ['v1', 'v2', 'none'] as const

/** One entry: a game has `league`, `away`, `home`, `start`; a question `slug`, `title`, `end`. */
const readEvent = (body: Body): EventSpec => {
  const version = oneOf(body, 'version', VERSIONS, 'v1')
  const common = {
    p: numberIn(body, 'p', 0.5, 0.01, 0.99),
    version: version === 'none' ? null : version,
    ...(body.description === undefined ? {} : { description: nameIn(body, 'description') }),
  }
  if (body.league === undefined) {
    onlyKeys(body, ['slug', 'title', 'end', 'p', 'version', 'description'])
    const slug = nameIn(body, 'slug')
    return question(slug, nameIn(body, 'title'), timeIn(body, 'end'), common)
  }
  onlyKeys(body, ['league', 'away', 'home', 'start', 'p', 'version', 'description', 'slug'])
  const named = body.slug === undefined ? {} : { slug: nameIn(body, 'slug') }
  return game(
    nameIn(body, 'league'),
    teamIn(body, 'away'),
    teamIn(body, 'home'),
    timeIn(body, 'start'),
    { ...common, ...named },
  )
}

/** Reads the whole list; an OperatorError names the entry that is wrong. */
export const readEvents = (text: string): readonly EventSpec[] => {
  const list = JSON.parse(text) as unknown
  if (!Array.isArray(list) || list.length === 0) {
    throw new OperatorError('Reading the events failed: wanted a list with at least one entry')
  }
  const specs = list.map((entry: Body, index) => {
    try {
      return readEvent(entry)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new OperatorError(`Reading event ${index + 1} failed: ${reason}`)
    }
  })
  const twice = specs.find(({ slug }, index) => specs.findIndex((one) => one.slug === slug) < index)
  if (twice !== undefined) {
    throw new OperatorError(`Reading the events failed: found "${twice.slug}" twice`)
  }
  return specs
}

export const readEventFile = async (file: string): Promise<readonly EventSpec[]> =>
  readEvents(await readFile(file, 'utf8'))
