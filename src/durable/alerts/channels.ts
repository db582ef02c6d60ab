// The channels of alerts: a webhook and Cloudflare's email binding, each as far as configured.

import type { SendEmail } from '@cloudflare/workers-types'
import type { Message } from '../../alerts/alert-book.ts'
import { textOf } from '../../alerts/alert-text.ts'
import { webhookRequest } from '../../alerts/webhook.ts'
import type { Config } from '../../config/env.ts'

const TIMEOUT_MS = 10_000
const MAIL_LENGTH = 20_000

export interface Channel {
  readonly name: 'webhook' | 'email'
  /** Resolves when the other end has taken the messages; throws when it has not. */
  send(messages: readonly Message[]): Promise<void>
}

/** Throws with the status alone: the other end's words may repeat the secret in the address. */
const post = async (config: Config, messages: readonly Message[]): Promise<void> => {
  const { webhook } = config.alerts
  if (webhook === null) return
  const title = `KMM ${config.environment}`
  const request = webhookRequest(webhook.url, webhook.format, title, messages)
  const answer = await fetch(request.url, {
    method: 'POST',
    headers: { 'content-type': request.contentType },
    body: request.body,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  await answer.text()
  if (!answer.ok) throw new Error(`The webhook answered ${answer.status}`)
}

export const openChannels = (config: Config, email: SendEmail | undefined): readonly Channel[] => {
  const channels: Channel[] = []
  if (config.alerts.webhook !== null) {
    channels.push({ name: 'webhook', send: (messages) => post(config, messages) })
  }
  const mail = config.alerts.email
  if (mail !== null) {
    channels.push({
      name: 'email',
      async send(messages) {
        if (email === undefined) {
          throw new Error(
            'ALERT_EMAIL_TO is set, but wrangler.toml has no send_email binding EMAIL',
          )
        }
        const text = textOf(messages, MAIL_LENGTH)
        const subject = `KMM ${config.environment}: ${text.split('\n')[0]!.slice(0, 120)}`
        await email.send({ ...mail, subject, text })
      },
    })
  }
  return channels
}
