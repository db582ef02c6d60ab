// The request by which a webhook takes a text: Discord, Slack and ntfy in the JSON of their own,
// all others as plain text, or as JSON with everything in it.
//
// Formats as documented by the three in 2026: Discord takes {"content"} of at most 2000 characters,
// Slack {"text"}, ntfy {"topic", "title", "message"} at the root of its host.

import type { Message } from './alert-book.ts'
import { lineOf, textOf } from './alert-text.ts'

export const FORMATS = ['auto', 'discord', 'slack', 'ntfy', 'plain', 'json'] as const
export type Format = (typeof FORMATS)[number]

const MOST = 1_900

export interface WebhookRequest {
  readonly url: string
  readonly contentType: string
  readonly body: string
}

const isHost = (host: string, domain: string): boolean =>
  host === domain || host.endsWith(`.${domain}`)

/** The format that an address wants. */
export const formatOf = (address: string): Exclude<Format, 'auto'> => {
  const { hostname } = new URL(address)
  if (isHost(hostname, 'discord.com') || isHost(hostname, 'discordapp.com')) return 'discord'
  if (hostname === 'hooks.slack.com') return 'slack'
  return isHost(hostname, 'ntfy.sh') ? 'ntfy' : 'json'
}

/** @param title where the messages come from, e.g. "KMM prod" */
export const webhookRequest = (
  address: string,
  format: Format,
  title: string,
  messages: readonly Message[],
): WebhookRequest => {
  const text = textOf(messages, MOST)
  const json = (body: unknown, url = address): WebhookRequest => ({
    url,
    contentType: 'application/json',
    body: JSON.stringify(body),
  })
  switch (format === 'auto' ? formatOf(address) : format) {
    case 'discord':
      return json({ content: `**${title}**\n${text}`, allowed_mentions: { parse: [] } })
    case 'slack':
      return json({ text: `*${title}*\n${text}` })
    case 'ntfy': {
      const url = new URL(address)
      const topic = decodeURIComponent(url.pathname.replace(/^\/+|\/+$/g, ''))
      const isBad = messages.some(({ over, code }) => !over && code !== 'test')
      const body = { topic, title, message: text, priority: isBad ? 4 : 3 }
      return json(body, `${url.origin}/`)
    }
    case 'plain':
      return { url: address, contentType: 'text/plain; charset=utf-8', body: `${title}\n${text}` }
    case 'json': {
      const alerts = messages.map((message) => ({
        at: new Date(message.at).toISOString(),
        source: message.source,
        code: message.code,
        reason: message.reason,
        over: message.over,
        text: lineOf(message),
      }))
      // With both names a receiver that knows one of them shows the text.
      return json({ title, text, content: text, alerts })
    }
  }
}
