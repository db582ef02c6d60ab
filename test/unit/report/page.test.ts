// The report's page: one file that fetches nothing and runs nothing, safe whatever it is told.

import { describe, expect, it } from 'vitest'
import { documentSvg, inlineSvg } from '../../../src/plot/svg.ts'
import { measure } from '../../../src/report/measures/metrics.ts'
import { pageOf } from '../../../src/report/page/page.ts'
import { cents, count, dollars, percent, span } from '../../../src/report/page/words.ts'
import { bareInput, type ReportInput } from '../../../src/report/sources/input.ts'
import { T0, tapeRowOf } from '../../helpers/core.ts'

const rows = Array.from({ length: 120 }, (_, i) =>
  tapeRowOf({
    at: T0 + i * 1000,
    ticker: 'KXA',
    mid: 50 + (i % 7) / 2,
    myBid: 48,
    myAsk: i % 3 === 0 ? null : 53,
    latencyMs: i % 5 === 0 ? i : null,
  }),
)
const fills = Array.from({ length: 40 }, (_, i) => ({
  at: T0 + i * 2_500 + 300,
  side: i % 2 === 0 ? ('bid' as const) : ('ask' as const),
  price: i % 2 === 0 ? 4_900 : 5_300,
  quantity: 100 + i,
  fee: 100,
  isTaker: false,
  mid: null,
  fair: null,
}))
const INPUT: ReportInput = {
  ...bareInput('KXA', 'exchange'),
  rows,
  fills,
  silence: { burst: 12, '<b>bold</b> & "quoted"': 3 },
}
const page = (input: ReportInput) => pageOf(input, measure(input))

describe('the page', () => {
  it('has every picture that there is something for, and nothing else', () => {
    const names = (input: ReportInput) => page(input).drawings.map(({ name }) => name)
    const all = ['equity', 'parts', 'quotes', 'markouts', 'inventory', 'histogram', 'uptime']
    expect(names(INPUT)).toEqual([...all, 'silence', 'latency'])
    expect(names({ ...INPUT, fills: [], silence: null, latencies: [] })).toEqual([
      'equity',
      'quotes',
      'inventory',
      'uptime',
    ])
    expect(names(bareInput('KXA', 'tape'))).toEqual([])
  })

  it('fetches nothing and runs nothing', () => {
    const { html } = page(INPUT)
    const outside = html.replaceAll('http://www.w3.org/', '')
    expect(outside).not.toMatch(/https?:|<script|<link|<img|@import|url\((?!["']?#)|\son[a-z]+=/)
    expect(html.includes('prefers-color-scheme:dark')).toBe(true)
  })

  it('writes what it was told as text', () => {
    const { html } = page({ ...INPUT, ticker: '<i>KX</i>', notes: ['a < b & c'] })
    const has = (text: string): boolean => html.includes(text)
    expect([has('<i>KX'), has('<b>bold')]).toEqual([false, false])
    expect([has('a &lt; b &amp; c'), has('&lt;b&gt;bold')]).toEqual([true, true])
  })

  it('is the same page each time, whatever was drawn before', () => {
    const once = page(INPUT).html
    expect(page(INPUT).html === once).toBe(true)
    // Every part that a picture refers to is in that picture alone.
    const ids = [...once.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('puts what does not agree before everything else', () => {
    const differences = [{ name: 'cash', ours: '1.000000', exchange: '2.000000' }]
    const none = { balance: null, position: 0, realized: 0, fees: 0, cash: 0 }
    const account = { at: T0, ...none, fills: 1, differences }
    const { html } = page({ ...INPUT, account })
    const warning = /<p class="warn">(.*?)<\/p>/.exec(html)?.[1]
    expect(warning).toBe(
      'Does not agree: fills and tape: position (-0.20 and 0.00); ledger and exchange: cash (1.000000 and 2.000000).',
    )
    expect(html.indexOf('class="warn"')).toBeLessThan(html.indexOf('class="keys"'))
  })

  it('says from when on a maker has counted, where that is another time than the report’s', () => {
    const asked = { place: 4, amend: 0, decrease: 0, cancel: 0, tokens: 40 }
    const calls = { ...asked, placedContracts: 56, filled: { fills: 2, contracts: 14 } }
    const of = (counted: ReportInput['counted']): string => page({ ...INPUT, calls, counted }).html
    const since = `since ${new Date(T0).toISOString().slice(0, 19).replace('T', ' ')}`
    const known = of({ since: T0 })
    for (const title of ['Orders', 'Why a side was silent']) {
      expect(known).toContain(`<h2>${title}, ${since} UTC, when the maker started</h2>`)
      expect(of({ since: null })).toContain(`<h2>${title}, since the maker started</h2>`)
      expect(of(null)).toContain(`<h2>${title}</h2>`)
    }
    expect(known).toContain(`reasons for silence count ${since} UTC, when the maker started;`)
    expect(known).toContain(`>Why a side was silent, seconds of a side ${since}<`)
    expect(of(null)).not.toContain(' since ')
    expect(known).toContain('<td>filled of placed contracts</td><td>25.0 %</td>')
  })

  it('has colours of its own in light and dark, and pictures by themselves have light ones', () => {
    const [drawing] = page(INPUT).drawings
    expect(inlineSvg(drawing!)).toContain('var(--blue)')
    expect(inlineSvg(drawing!)).not.toMatch(/#[0-9a-f]{3}/)
    expect(documentSvg(drawing!)).toMatch(/^<svg[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    expect(documentSvg(drawing!)).not.toContain('var(')
  })
})

describe('numbers', () => {
  it('are written as people read them', () => {
    const money = [1234.5, -0.0321, 0.004, 0].map(dollars)
    expect(money).toEqual(['$1,234.50', '−$0.032', '$0.0040', '$0.00'])
    const figures = [cents(-0.314), cents(null), count(-1234567), percent(0.1234)]
    expect(figures).toEqual(['−0.31 c', 'not known', '−1,234,567', '12.3 %'])
    const spans = [4.2, 80, 1_200, 12_000, 400_000].map(span)
    expect(spans).toEqual(['4.2 s', '80 s', '20 min', '3 h 20 min', '4.6 days'])
  })
})
