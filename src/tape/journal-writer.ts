// The journal of one maker on its way to R2: an engine that writes down what it hears and decides.
//
// Lines gather in memory and leave as write-once objects, `journal/{ticker}/{yyyy}/{mm}/{dd}/{life}-{part}.jsonl.gz`.
// Nothing waits for them. A life whose upload fails for too long ends its journal there and says so: a
// journal with a hole would prove nothing.

import type { Env } from '../config/env.ts'
import type { Log } from '../config/log.ts'
import { Engine, type EngineMemory } from '../core/maker/engine.ts'
import { encodeEvent, encodeHead, Fingerprint, JOURNAL_VERSION } from '../core/record/journal.ts'
import type { Effect, Event } from '../core/vocabulary/events.ts'
import type { Parameters } from '../core/vocabulary/parameters.ts'
import { dayPath, gzip } from './store.ts'

/** Characters after which a part is closed, and of all parts that wait for R2. */
const PART_CHARACTERS = 1_000_000
const MOST_WAITING = 16_000_000
const PART_DIGITS = 6

interface Part {
  readonly key: string
  readonly text: string
}

/** An engine whose steps are written down. */
class JournaledEngine extends Engine {
  readonly #journal: MakerJournal
  readonly #print = new Fingerprint()
  readonly #life: number

  constructor(
    journal: MakerJournal,
    life: number,
    ticker: string,
    parameters: Parameters,
    memory: EngineMemory | null,
  ) {
    super(ticker, parameters, memory)
    this.#journal = journal
    this.#life = life
  }

  override step(event: Event): readonly Effect[] {
    this.#journal.write(this.#life, encodeEvent(event))
    const effects = super.step(event)
    if (this.#print.add(effects)) this.#journal.write(this.#life, `=${this.#print}`)
    if (event.type === 'configure' && event.parameters.strategy.journal === 'off') {
      this.#journal.end(this.#life)
    }
    return effects
  }
}

export class MakerJournal {
  readonly #bucket: Env['TAPE']
  readonly #log: Log
  #ticker = ''
  /** The life that may write; others have ended or been given up. */
  #life = 0
  /** The newest life of all: its number is never given again. */
  #newest = 0
  #part = 0
  #lines: string[] = []
  #characters = 0
  #waiting: Part[] = []
  #waitingCharacters = 0
  #flushing: Promise<void> | null = null

  constructor(bucket: Env['TAPE'], log: Log) {
    this.#bucket = bucket
    this.#log = log
  }

  /** A new engine; one that keeps a journal where the strategy asks for it. */
  engine(ticker: string, parameters: Parameters, memory: EngineMemory | null, at: number): Engine {
    this.#close()
    if (parameters.strategy.journal === 'off') {
      this.#life = 0
      return new Engine(ticker, parameters, memory)
    }
    this.#ticker = ticker
    // Two lives of one millisecond would write over each other.
    this.#life = this.#newest = Math.max(at, this.#newest + 1)
    this.#part = 0
    const head = { journal: JOURNAL_VERSION, ticker, at, parameters, memory }
    this.write(this.#life, encodeHead(head))
    return new JournaledEngine(this, this.#life, ticker, parameters, memory)
  }

  /** One line of a life; ignored where that life's journal has ended. */
  write(life: number, line: string): void {
    if (life !== this.#life) return
    this.#lines.push(line)
    this.#characters += line.length + 1
    if (this.#characters >= PART_CHARACTERS) {
      this.#close()
      void this.flush()
    }
  }

  /** A life's last line has been written, though the engine goes on. A new life needs a new engine. */
  end(life: number): void {
    if (life !== this.#life) return
    this.#close()
    this.#life = 0
  }

  /** Sends what is there; resolves when R2 has it or has refused it. Never rejects. */
  flush(): Promise<void> {
    this.#close()
    this.#flushing ??= this.#send().finally(() => {
      this.#flushing = null
    })
    return this.#flushing
  }

  #close(): void {
    if (this.#lines.length === 0) return
    const part = String(this.#part++).padStart(PART_DIGITS, '0')
    const key = `journal/${this.#ticker}/${dayPath(this.#life)}/${this.#life}-${part}.jsonl.gz`
    const text = `${this.#lines.join('\n')}\n`
    this.#lines = []
    this.#characters = 0
    this.#waiting.push({ key, text })
    this.#waitingCharacters += text.length
    if (this.#waitingCharacters <= MOST_WAITING) return
    // Given up as a whole: what is missing in the middle would make all that follows worthless.
    this.#log('error', 'journal-dropped', { parts: this.#waiting.length, key })
    this.#waiting = []
    this.#waitingCharacters = 0
    this.#life = 0
  }

  async #send(): Promise<void> {
    for (let part = this.#waiting[0]; part !== undefined; part = this.#waiting[0]) {
      try {
        await this.#bucket.put(part.key, await gzip(part.text), {
          // One that is there already is the same one: the answer to its upload was lost.
          onlyIf: { etagDoesNotMatch: '*' },
          httpMetadata: { contentType: 'application/gzip' },
        })
      } catch (error) {
        this.#log('error', 'journal-not-written', { key: part.key, detail: String(error) })
        return
      }
      // It may have been given up meanwhile.
      if (this.#waiting[0] === part) {
        this.#waiting.shift()
        this.#waitingCharacters -= part.text.length
      }
    }
  }
}
