// Says on the terminal how far the lab is and how long the rest will take, on one line that
// overwrites itself; where there is no terminal, a line now and then.

const SECOND = 1000
/** A line at most so often: on a terminal, and in a file. */
const ON_TERMINAL = SECOND / 2
const IN_FILE = 30 * SECOND

/** 75 -> "1:15". */
export const clockOf = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** "42 % done, 1:15 so far, about 1:44 left". */
export const progressText = (done: number, all: number, elapsed: number): string => {
  const share = all > 0 ? done / all : 1
  const left = share > 0 ? clockOf((elapsed * (1 - share)) / share) : '?'
  return `${Math.floor(100 * share)} % done, ${clockOf(elapsed)} so far, about ${left} left`
}

interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export class Progress {
  readonly #terminal: Terminal
  readonly #now: () => number
  readonly #began: number
  #shown: number

  /** @param now milliseconds */
  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal
    this.#now = now
    this.#began = now()
    this.#shown = this.#began
  }

  readonly update = (done: number, all: number): void => {
    const at = this.#now()
    const tty = this.#terminal.isTTY === true
    if (at - this.#shown < (tty ? ON_TERMINAL : IN_FILE) || done >= all) return
    this.#shown = at
    const text = progressText(done, all, (at - this.#began) / SECOND)
    this.#terminal.write(tty ? `\r\x1b[K${text}` : `${text}\n`)
  }

  /** Takes the line away, so that a table can be printed. */
  clear(): void {
    if (this.#terminal.isTTY === true) this.#terminal.write('\r\x1b[K')
  }
}
