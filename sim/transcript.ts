// Events and effects as the lines of a transcript. Cents and contracts here, the core's integers
// inside. Tape rows and the quieter log lines have no line.

import type { Effect, Event } from '../src/core/vocabulary/events.ts'
import type { Outcome } from '../src/core/vocabulary/outcome.ts'

const cents = (price: number): string => String(price / 100)
const contracts = (quantity: number): string => String(quantity / 100)

const outcomeText = (outcome: Outcome<unknown>): string => {
  if (outcome.kind === 'accepted') return 'accepted'
  return outcome.kind === 'unknown' ? 'unknown' : `${outcome.status} ${outcome.code}`
}

export const effectText = (effect: Effect): string | null => {
  switch (effect.type) {
    case 'send': {
      const { intent } = effect
      const { kind, clientOrderId: id, side } = intent
      if (kind === 'cancel') return `< cancel ${id} ${side}`
      if (kind === 'decrease') {
        return `< decrease ${id} ${side} to ${contracts(intent.remaining)}`
      }
      const size = kind === 'place' ? intent.quantity : intent.total
      return `< ${kind} ${id} ${side} ${contracts(size)} at ${cents(intent.price)}`
    }
    case 'ask':
      return `< ask ${effect.what}`
    case 'resubscribe':
      return `< resubscribe ${effect.sid}`
    case 'reconnect':
      return `< reconnect ${effect.reason}`
    case 'latch':
      return `! halted itself: ${effect.code}`
    case 'log':
      return effect.level === 'warn' || effect.level === 'error' ? `! ${effect.event}` : null
    case 'row':
      return null
  }
}

export const eventText = (event: Event): string => {
  switch (event.type) {
    case 'snapshot':
      return `snapshot seq ${event.seq}`
    case 'delta':
      return `delta ${event.side} ${cents(event.price)} ${event.delta > 0 ? '+' : ''}${contracts(event.delta)}`
    case 'fill': {
      const { fill } = event
      const name = fill.clientOrderId || fill.orderId
      return `fill ${name} ${fill.side} ${contracts(fill.quantity)} at ${cents(fill.price)}`
    }
    case 'order':
      return `order ${event.order.clientOrderId || event.order.orderId} ${event.order.status}`
    case 'lifecycle':
      return `lifecycle ${event.change}`
    case 'subscribed':
      return `subscribed ${event.channel} ${event.sid}`
    case 'error':
      return `error ${event.code}`
    case 'command':
      return event.command
    case 'state':
      return `state ${event.state}`
    case 'reply':
      return `${event.kind} ${event.clientOrderId}: ${outcomeText(event.outcome)}`
    case 'answer':
      return `${event.what}: ${outcomeText(event.outcome)}`
    default:
      return event.type
  }
}

/** The intents among effects, as text. */
export const sendsOf = (effects: readonly Effect[]): string[] =>
  effects.filter((effect) => effect.type === 'send').map((effect) => effectText(effect)!.slice(2))
