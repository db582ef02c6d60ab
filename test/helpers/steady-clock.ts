// Time that stands still while the machine is too busy to run us: it counts the ticks of a timer,
// so that "within 5 s" is a statement about the maker and not about the machine the test runs on.

const TICK_MS = 20
let ticks = 0
setInterval(() => ticks++, TICK_MS).unref()

/** Milliseconds since this process began, less the time in which it was not run. */
export const steadyNow = (): number => ticks * TICK_MS
