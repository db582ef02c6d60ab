// The control API's journal: lists lives, streams their text, and asks the running maker first.

import { beforeEach, describe, expect, it } from 'vitest'
import { dayPath, gzip } from '../../../src/tape/store.ts'
import { fakeWorker, NOW } from '../../helpers/fake-worker.ts'

let { ask, refusal, deps, bucket } = fakeWorker()

const put = async (life: number, part: number): Promise<unknown> => {
  const key = `journal/KXA/${dayPath(life)}/${life}-00000${part}.jsonl.gz`
  return bucket.put(key, await gzip(`{"life":${life},"part":${part}}\n`), { customMetadata: {} })
}

beforeEach(async () => {
  ;({ ask, refusal, deps, bucket } = fakeWorker())
  await put(NOW, 0)
  await put(NOW, 1)
  await put(NOW + 1000, 0)
})

describe('journal', () => {
  it('lists the lives of a ticker with their parts', async () => {
    const { status, json } = await ask('GET', '/journal?ticker=KXA')
    expect(status).toBe(200)
    const whole = { bytes: expect.any(Number), missing: null }
    expect(json).toEqual({
      ticker: 'KXA',
      lives: [
        { ...whole, life: NOW, began: '2026-11-10T12:00:00.000Z', parts: 2 },
        { ...whole, life: NOW + 1000, began: '2026-11-10T12:00:01.000Z', parts: 1 },
      ],
    })
  })

  it('streams their text, of all or of one', async () => {
    const all = await ask('GET', '/journal/KXA')
    expect(all.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    expect(all.text.trimEnd().split('\n')).toEqual([
      `{"life":${NOW},"part":0}`,
      `{"life":${NOW},"part":1}`,
      `{"life":${NOW + 1000},"part":0}`,
    ])
    const one = await ask('GET', `/journal/KXA?from=${NOW + 1}&to=${NOW + 1001}`)
    expect(one.text).toBe(`{"life":${NOW + 1000},"part":0}\n`)
  })

  it('has the running maker write down what it holds before it lists', async () => {
    await ask('PUT', '/tickers/KXA', {})
    const plain = deps.maker
    deps.maker = (ticker) => ({
      ...plain(ticker),
      flushTape: async () => {
        await put(NOW + 1000, 1)
        return 0
      },
    })
    const { json } = await ask('GET', '/journal?ticker=KXA')
    expect((json.lives as { parts: number }[]).map(({ parts }) => parts)).toEqual([2, 2])
    deps.maker = (ticker) => ({
      ...plain(ticker),
      flushTape: () => Promise.reject(new Error('object overloaded')),
    })
    for (const path of ['/journal?ticker=KXA', '/journal/KXA']) {
      expect(await refusal('GET', path)).toBe('502 maker-unreachable')
    }
  })

  it('is empty for a maker that keeps none, and 404 for a ticker that never was', async () => {
    const { ask } = fakeWorker()
    await ask('PUT', '/tickers/KXA', {})
    expect((await ask('GET', '/journal?ticker=KXA')).json.lives).toEqual([])
    const { status, text } = await ask('GET', '/journal/KXA')
    expect([status, text]).toEqual([200, ''])
    for (const path of ['/journal/KXZ', '/journal?ticker=KXZ']) {
      expect(await refusal('GET', path)).toBe('404 no-journal')
    }
  })

  it('refuses unknown parameters, empty ranges, bad times and a list of everything', async () => {
    for (const path of [
      '/journal',
      '/journal?ticker=../secret',
      '/journal?ticker=KXA&limit=1',
      '/journal?ticker=KXA&from=yesterday',
      '/journal/KXA?tail=no',
      '/journal/KXA?from=5&to=5',
    ]) {
      const { status, json } = await ask('GET', path)
      expect([path, status, json.error?.code]).toEqual([path, 422, 'parameters'])
    }
    const { status } = await ask('POST', '/journal/KXA', {})
    expect(status).toBe(405)
  })
})
