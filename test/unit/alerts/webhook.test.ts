// What Discord, Slack, ntfy and everybody else get, in the form that each takes.

import { describe, expect, it } from 'vitest'
import { noAlerts, report } from '../../../src/alerts/alert-book.ts'
import { type Format, formatOf, webhookRequest } from '../../../src/alerts/webhook.ts'

const { messages } = report(noAlerts(), 'KXA', [{ code: 'dark', reason: 'stale' }], 0, ['webhook'])
const TEXT = 'KXA: cannot trust its book (stale)'

const sent = (address: string, format: Format = 'auto') => {
  const request = webhookRequest(address, format, 'KMM prod', messages)
  const isJson = request.contentType === 'application/json'
  return { ...request, json: isJson ? JSON.parse(request.body) : null }
}

describe('a webhook', () => {
  it.each([
    ['https://discord.com/api/webhooks/1/x', 'discord'],
    ['https://canary.discord.com/api/webhooks/1/x', 'discord'],
    ['https://hooks.slack.com/services/T/B/x', 'slack'],
    ['https://ntfy.sh/my-topic', 'ntfy'],
    ['https://notdiscord.com/x', 'json'],
    ['https://example.com/hook', 'json'],
  ])('%s wants %s', (address, format) => {
    expect(formatOf(address)).toBe(format)
  })

  it('of Discord gets content, mentions nobody', () => {
    const { json, url } = sent('https://discord.com/api/webhooks/1/x')
    expect(url).toBe('https://discord.com/api/webhooks/1/x')
    expect(json.content).toContain(`**KMM prod**\n${TEXT}`)
    expect(json.allowed_mentions).toEqual({ parse: [] })
  })

  it('of Slack gets text and nothing else', () => {
    const { json } = sent('https://hooks.slack.com/services/T/B/x')
    expect(Object.keys(json)).toEqual(['text'])
    expect(json.text).toContain(TEXT)
  })

  it('of ntfy gets its JSON at the root of the host, with the topic of the path', () => {
    const { json, url } = sent('https://push.example/my%20topic', 'ntfy')
    expect(url).toBe('https://push.example/')
    expect(json).toMatchObject({ topic: 'my topic', title: 'KMM prod', priority: 4 })
    expect(json.message).toContain(TEXT)
  })

  it('that takes plain text gets it', () => {
    const { contentType, body } = sent('https://example.com/hook', 'plain')
    expect(contentType).toBe('text/plain; charset=utf-8')
    expect(body).toContain(`KMM prod\n${TEXT}`)
  })

  it('of anybody else gets all of it', () => {
    const { json } = sent('https://example.com/hook')
    expect(json.alerts).toEqual([
      {
        at: '1970-01-01T00:00:00.000Z',
        ...{ source: 'KXA', code: 'dark', reason: 'stale', over: false },
        text: expect.stringContaining(TEXT),
      },
    ])
    expect(json.text).toContain(TEXT)
  })

  it('never gets more than it takes', () => {
    const many = Array.from({ length: 100 }, () => messages[0]!)
    const { body } = webhookRequest('https://discord.com/x', 'auto', 'KMM prod', many)
    expect(JSON.parse(body).content.length).toBeLessThanOrEqual(2_000)
  })
})
