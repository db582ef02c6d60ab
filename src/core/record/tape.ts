// Formats and parses the tape's lines: one CSV row per change, and one a second while quoting.
//
// In: rows in cents, contracts and milliseconds. Out: text, empty where there is no value, with at
// most four decimals (a hundredth of the finest tick). It must never know a clock, hence no Date.

import type { TapeRow } from '../vocabulary/events.ts'
import { invariant } from '../vocabulary/outcome.ts'
import type { Millis } from '../vocabulary/units.ts'

export const TAPE_HEADER =
  'ts,ticker,mid,my_bid,my_ask,inventory,unrealized_pnl,realized_pnl,latency_ms'

const COLUMNS = TAPE_HEADER.split(',')
const DAY = 86_400_000
/** Days from 0000-03-01 to 1970-01-01, and in 400 years. */
const EPOCH_DAYS = 719_468
const ERA_DAYS = 146_097
/** 0000-01-01 and the millisecond before 10000-01-01: the years ISO writes with four digits. */
const FIRST_MILLIS = -62_167_219_200_000
const LAST_MILLIS = 253_402_300_799_999

const pad = (value: number, width: number): string => String(value).padStart(width, '0')

/**
 * Epoch milliseconds as "2026-11-24T13:11:05.007Z". An integer within the years 0000 to 9999.
 * Civil date from day count: Howard Hinnant, "chrono-compatible low-level date algorithms" (2013);
 * years begin in March there, so that the leap day comes last.
 */
export const formatIso = (at: Millis): string => {
  invariant(
    Number.isSafeInteger(at) && at >= FIRST_MILLIS && at <= LAST_MILLIS,
    `a time is whole milliseconds within the years 0 to 9999, found ${at}`,
  )
  const day = Math.floor(at / DAY)
  const rest = at - day * DAY
  const days = day + EPOCH_DAYS
  const era = Math.floor(days / ERA_DAYS)
  const dayOfEra = days - era * ERA_DAYS
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const date = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const clock = `${pad(Math.floor(rest / 3_600_000), 2)}:${pad(Math.floor(rest / 60_000) % 60, 2)}:${pad(Math.floor(rest / 1000) % 60, 2)}.${pad(rest % 1000, 3)}`
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(date, 2)}T${clock}Z`
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{3})Z$/

const daysFromCivil = (year: number, month: number, date: number): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + date - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * ERA_DAYS + dayOfEra - EPOCH_DAYS
}

/** Reads exactly the form that `formatIso` writes; NaN for anything else, 31 February included. */
export const parseIso = (text: string): Millis => {
  const match = ISO.exec(text)
  if (match === null) return Number.NaN
  const part = (index: number): number => Number(match[index])
  const at =
    daysFromCivil(part(1), part(2), part(3)) * DAY +
    part(4) * 3_600_000 +
    part(5) * 60_000 +
    part(6) * 1000 +
    part(7)
  // A date or hour that does not exist comes out as another one.
  if (at < FIRST_MILLIS || at > LAST_MILLIS) return Number.NaN
  return formatIso(at) === text ? at : Number.NaN
}

const DECIMALS = 10_000

/** A number with at most four decimals and no trailing zeros: 0.30000000000000004 -> "0.3". */
const formatNumber = (value: number): string => {
  const scaled = Math.round(Math.abs(value) * DECIMALS)
  invariant(Number.isSafeInteger(scaled), `a tape number is finite and below 9e11, found ${value}`)
  const fraction = scaled % DECIMALS
  const whole = (scaled - fraction) / DECIMALS
  const digits = fraction === 0 ? '' : `.${pad(fraction, 4).replace(/0+$/, '')}`
  return `${value < 0 && scaled > 0 ? '-' : ''}${whole}${digits}`
}

const formatOptional = (value: number | null): string => (value === null ? '' : formatNumber(value))

const quote = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** One CSV line without its end, in the order of TAPE_HEADER. */
export const formatRow = (row: TapeRow): string =>
  `${formatIso(row.at)},${quote(row.ticker)},${formatOptional(row.mid)},${formatOptional(row.myBid)},${formatOptional(row.myAsk)},${formatNumber(row.inventory)},${formatNumber(row.unrealizedPnl)},${formatNumber(row.realizedPnl)},${formatOptional(row.latencyMs)}`

/**
 * Splits one CSV line; null where quotes are out of place. Ours, because the core imports no
 * package and the kept parsers fit worse: Papa Parse accepts a quote in the middle of a field,
 * csv-parse brings a Buffer of 120 kB into the worker, and the types of both bring Node's globals.
 */
const splitFields = (line: string): string[] | null => {
  const fields: string[] = []
  let index = 0
  for (;;) {
    let field = ''
    if (line[index] === '"') {
      for (;;) {
        const close = line.indexOf('"', index + 1)
        if (close < 0) return null
        field += line.slice(index + 1, close)
        index = close + 1
        if (line[index] !== '"') break
        field += '"'
      }
      if (index < line.length && line[index] !== ',') return null
    } else {
      const comma = line.indexOf(',', index)
      const end = comma < 0 ? line.length : comma
      field = line.slice(index, end)
      if (field.includes('"')) return null
      index = end
    }
    fields.push(field)
    if (index >= line.length) return fields
    index++
  }
}

const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/

/** One line of a tape as a row, or a sentence that says why it is none. */
export const parseRow = (line: string): TapeRow | string => {
  const fields = splitFields(line)
  if (fields === null) return 'Could not read tape row: quotes are out of place'
  if (fields.length !== COLUMNS.length) {
    return `Could not read tape row: found ${fields.length} columns, wanted ${COLUMNS.length}`
  }
  const at = parseIso(fields[0]!)
  if (Number.isNaN(at)) {
    return `Could not read tape row: found ts ${fields[0]}, wanted a time like 2026-11-24T13:11:05.007Z`
  }
  const values: (number | null)[] = []
  for (let column = 2; column < COLUMNS.length; column++) {
    const text = fields[column]!
    const name = COLUMNS[column]!
    // Inventory and the two P&L columns always have a value.
    const required = column >= 5 && column <= 7
    if (text === '' && !required) values.push(null)
    else if (NUMBER.test(text)) values.push(Number(text))
    else return `Could not read tape row: found ${name} "${text}", wanted a decimal number`
  }
  const [mid, myBid, myAsk, inventory, unrealizedPnl, realizedPnl, latencyMs] = values
  return {
    at,
    ticker: fields[1]!,
    mid: mid!,
    myBid: myBid!,
    myAsk: myAsk!,
    inventory: inventory!,
    unrealizedPnl: unrealizedPnl!,
    realizedPnl: realizedPnl!,
    latencyMs: latencyMs!,
  }
}
