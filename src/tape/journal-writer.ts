// The journal of one maker on its way to R2: every event and decision of each engine, as lines.
//
// Lines gather in memory and leave as write-once objects,
// `journal/{ticker}/{yyyy}/{mm}/{dd}/{life}-{part}.jsonl.gz`. Nothing waits for them. A life whose
// upload fails for too long ends its journal there and logs it: a journal with a hole proves
// nothing.

import type { Log } from '../config/log.ts'
import type { EngineMemory } from '../core/maker/engine.ts'
import { encodeHead, JOURNAL_VERSION } from '../core/record/journal.ts'
import type { Parameters } from '../core/vocabulary/parameters.ts'
import type { Millis } from '../core/vocabulary/units.ts'
import { StepRecorder } from './step-recorder.ts'
import { dayPath, putOnce, type TapeBucket } from './store.ts'

/** Characters after which a part is closed, and of all parts that wait for R2. */
const PART_CHARACTERS = 1_000_000
const MOST_WAITING = 16_000_000
const PART_DIGITS = 6

interface Part {
  readonly key: string
  readonly text: string
}

export class MakerJournal {
  readonly #bucket: Pick<TapeBucket, 'put'>
  readonly #log: Log
  #ticker = ''
  #recorder: StepRecorder | null = null
  /** The life that may write; the others have ended or were given up. */
  #life = 0
  /** The newest life of all: its number is never used again. */
  #newest = 0
  #part = 0
  #lines: string[] = []
  #characters = 0
  #waiting: Part[] = []
  #waitingCharacters = 0
  #flushing: Promise<void> | null = null

  constructor(bucket: Pick<TapeBucket, 'put'>, log: Log) {
    this.#bucket = bucket
    this.#log = log
  }

  /**
   * Begins the journal of a new engine; null where the strategy wants none. What the engine before
   * has done is written first, and nothing of it afterwards.
   */
  begin(
    ticker: string,
    parameters: Parameters,
    memory: EngineMemory | null,
    at: Millis,
  ): StepRecorder | null {
    this.#encode()
    this.#recorder = null
    if (parameters.strategy.journal === 'off') {
      this.#life = 0
      return null
    }
    this.#ticker = ticker
    // Two lives of one millisecond would overwrite each other.
    const life = Math.max(at, this.#newest + 1)
    this.#life = this.#newest = life
    this.#part = 0
    const head = { journal: JOURNAL_VERSION, ticker, at, parameters, memory }
    this.#write(life, encodeHead(head))
    this.#recorder = new StepRecorder(
      (line) => this.#write(life, line),
      () => this.#end(life),
    )
    return this.#recorder
  }

  /** Sends what is there; resolves when R2 has it or has refused it. Never rejects. */
  flush(): Promise<void> {
    this.#encode()
    return this.#upload()
  }

  #encode(): void {
    this.#recorder?.encode()
    this.#close()
  }

  /** One line of a life; ignored where that life's journal has ended. */
  #write(life: number, line: string): void {
    if (life !== this.#life) return
    this.#lines.push(line)
    this.#characters += line.length + 1
    if (this.#characters >= PART_CHARACTERS) {
      this.#close()
      void this.#upload()
    }
  }

  /** The life's last line is written, though its engine goes on. A new life needs a new engine. */
  #end(life: number): void {
    if (life !== this.#life) return
    this.#close()
    this.#life = 0
  }

  #upload(): Promise<void> {
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
    // Given up as a whole: a hole in the middle would make all that follows worthless.
    this.#log('error', 'journal-dropped', { parts: this.#waiting.length, key })
    this.#waiting = []
    this.#waitingCharacters = 0
    this.#life = 0
  }

  async #send(): Promise<void> {
    for (let part = this.#waiting[0]; part !== undefined; part = this.#waiting[0]) {
      try {
        await putOnce(this.#bucket, part.key, part.text)
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
