// What makes the client order ids of one start different from those of every other, for ever: the
// exchange never takes an id twice, not even of an order that was killed.

/** 40 random bits; a counter follows it in each id. */
export const nonce = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 10)
