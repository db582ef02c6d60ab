// What a person is called for, and what to do about it: one line each.

/** `once`: it has happened and is not over at some time. */
interface AlertKind {
  readonly title: string
  readonly cure: string
  readonly once?: true
}

const ALERT_CODES = {
  halted: {
    title: 'halted',
    cure: 'Read the reason; release it with POST /resume when it is understood.',
  },
  brake: {
    title: 'halted itself',
    cure: 'Compare position and result with the exchange before you release it with POST /resume.',
  },
  'key-refused': {
    title: 'the exchange refuses the key',
    cure: 'Check the key on Kalshi (revoked, lapsed, wrong environment), set it anew, POST /resume.',
  },
  dark: {
    title: 'cannot trust its book',
    cure: 'It quotes nothing and tries by itself. If it stays, look at the exchange and the log.',
  },
  blind: {
    title: 'cannot see its account',
    cure: 'It quotes nothing. Check the exchange status and the key; orders expire by themselves.',
  },
  recovering: {
    title: 'does not get to quoting',
    cure: 'Read the reason with GET /tickers/{ticker}; the exchange may not answer.',
  },
  'desk-unreachable': {
    title: 'the desk does not answer',
    cure: 'Makers have pulled their quotes. POST /halt works without the desk; see the runbook.',
  },
  'maker-unreachable': {
    title: 'the maker does not answer',
    cure: 'Its orders expire by themselves. POST /halt with {"cancel_all": true} cancels them now.',
  },
  'budget-refused': {
    title: 'the rate budget is too small to quote',
    cure: 'Remove a ticker, or ask Kalshi for a higher tier.',
  },
  'probe-failed': {
    title: 'the probe failed',
    cure: 'GET /probe names the step that failed.',
  },
  'position-mismatch': {
    title: 'the position was not what the exchange says',
    cure: "The exchange's number was taken. Somebody else may trade this account.",
    once: true,
  },
  'settlement-differs': {
    title: 'the settlement was not what the books say',
    cure: "The exchange's payment was taken. Compare the fills on Kalshi's page.",
    once: true,
  },
  'settlement-unclear': {
    title: 'the settlement could not be booked',
    cure: "Compare with the settlements on Kalshi's page; position and result here are not final.",
    once: true,
  },
  expiry: {
    title: 'the exchange does not keep the expiry of an order',
    cure: 'The order was canceled. While it repeats, a maker that dies leaves its orders resting.',
    once: true,
  },
  'storage-failing': {
    title: 'cannot write to its storage',
    cure: 'It quotes nothing and starts anew by itself. If it stays, look at the status of Cloudflare.',
  },
  'records-dropped': {
    title: 'tape or journal has lost lines',
    cure: 'Check the R2 bucket; the hole is marked and the rest goes on.',
    once: true,
  },
  restarted: {
    title: 'restarted',
    cure: 'Nothing to do once; if it repeats, look for what kills it in the log.',
    once: true,
  },
  'audit-lost': {
    title: 'an operator action could not be recorded',
    cure: 'The action was carried out. Check the R2 bucket; the log has the line.',
    once: true,
  },
  test: { title: 'a test of the alerts', cure: 'Nothing to do: this channel works.', once: true },
} as const satisfies Record<string, AlertKind>

export type AlertCode = keyof typeof ALERT_CODES

const KINDS: Readonly<Record<string, AlertKind>> = ALERT_CODES

export const kindOf = (code: AlertCode): AlertKind => KINDS[code]!
