// A person is called: by a real webhook on loopback, from the built worker.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { World } from '../helpers/world.ts'

interface Posted {
  title: string
  text: string
  alerts: { source: string; code: string; reason: string; over: boolean }[]
}

/** A receiver of webhooks. */
class Receiver {
  readonly posted: Posted[] = []
  status = 200
  readonly #server: Server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    request.on('end', () => {
      if (this.status === 200) this.posted.push(JSON.parse(text) as Posted)
      response.writeHead(this.status).end()
    })
  })

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** Waits for a message about a source with a code, open or over. */
  async told(source: string, code: string, over = false): Promise<void> {
    const has = (): boolean =>
      this.posted.some(({ alerts }) =>
        alerts.some(
          (alert) => alert.source === source && alert.code === code && alert.over === over,
        ),
      )
    await vi.waitUntil(has, { timeout: 60_000, interval: 50 })
  }
}

describe('alerts', () => {
  const receiver = new Receiver()
  let world: World
  beforeAll(async () => {
    const url = await receiver.open()
    world = await World.open({ variables: () => ({ ALERT_WEBHOOK_URL: url }) })
  })
  afterAll(async () => {
    await world.close()
    receiver.close()
  })

  it('are tested by a call that sends one now', async () => {
    const { json } = await world.api('POST', '/alerts/test')
    expect(receiver.posted.at(-1)?.text).toContain('this channel works')
    expect(json.channels).toMatchObject([{ name: 'webhook', alive: true, error: null }])
  })

  it('tell a halt once, and when it is over', async () => {
    await world.add()
    await world.quoting()
    const { ticker } = await world.status()
    await world.api('POST', '/halt', { reason: 'a test' })
    await receiver.told(ticker, 'halted')
    expect((await world.api('GET', '/alerts')).json.open).toMatchObject([
      { source: ticker, code: 'halted', reason: 'a test' },
    ])
    await world.api('POST', '/resume')
    await receiver.told(ticker, 'halted', true)
    const halts = receiver.posted.flatMap(({ alerts }) => alerts.filter((a) => a.code === 'halted'))
    expect(halts).toHaveLength(2)
  })

  it('show a channel that is dead, and deliver what waited once it lives', async () => {
    receiver.status = 500
    const { json } = await world.api('POST', '/alerts/test')
    expect(json.channels).toMatchObject([
      { alive: false, error: 'The webhook answered 500', last_error: expect.any(String) },
    ])
    expect(json.waiting).toBe(1)
    receiver.status = 200
    const again = await world.api('POST', '/alerts/test')
    expect(again.json).toMatchObject({ waiting: 0, channels: [{ alive: true }] })
    expect(receiver.posted.at(-1)?.alerts).toHaveLength(2)
  })

  it('tell a restart of a maker that quoted', async () => {
    await world.quoting()
    await world.crash()
    await world.start()
    await world.watch()
    await receiver.told((await world.status()).ticker, 'restarted')
  })

  it('leave an audit line for each action', async () => {
    const { json } = await world.api('GET', '/audit')
    const seen = (json.lines as { method: string; path: string }[]).map(
      ({ method, path }) => `${method} ${path}`,
    )
    expect(seen.filter((line) => line === 'POST /alerts/test')).toHaveLength(3)
    expect(seen).toContain('POST /halt')
    expect(seen.some((line) => line.startsWith('PUT /tickers/'))).toBe(true)
  })
})
