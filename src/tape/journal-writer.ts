// The journal of one maker on its way to R2: every event and decision of each engine, as lines.
//
// Lines gather in memory and leave as write-once objects,
// `journal/{ticker}/{yyyy}/{mm}/{dd}/{life}-{part}.jsonl.gz`. Nothing waits for them. While R2
// refuses, the oldest lines are kept, because they can be replayed, as far as memory allows. New
// ones are then dropped and counted. Once R2 has taken what waited, the journal goes on after a
// line that says from when to when it is missing.

import type { Log } from '../config/log.ts'
import type { EngineMemory } from '../core/maker/engine.ts'
import { encodeHead, JOURNAL_VERSION } from '../core/record/journal.ts'
import type { Parameters } from '../core/vocabulary/parameters.ts'
import type { Millis } from '../core/vocabulary/units.ts'
import { StepRecorder } from './step-recorder.ts'
import { dayPath, putOnce, type TapeBucket } from './store.ts'

/** Characters after which a part is closed. */
const PART_CHARACTERS = 1_000_000
/** Characters of one maker that wait for R2; and of all in this isolate, which share 128 MB. */
const MOST_WAITING = 8_000_000
const MOST_IN_ISOLATE = 24_000_000
/** An object that has not said so much for this long is gone, or elsewhere. */
const SILENT_MS = 300_000
/** Lines between two looks at the whole isolate. */
const LOOK_EVERY = 64
const PART_DIGITS = 6

/** What each maker of this isolate holds, and when it said so. */
const held = new Map<string, { characters: number; at: Millis }>()

/** True where all hold too much together, and this one no less than its share. */
const isIsolateFull = (ticker: string, characters: number, at: Millis): boolean => {
  held.set(ticker, { characters, at })
  let sum = 0
  for (const [other, { characters: theirs, at: said }] of held) {
    if (at - said > SILENT_MS) held.delete(other)
    else sum += theirs
  }
  return sum >= MOST_IN_ISOLATE && characters >= MOST_IN_ISOLATE / held.size
}

/** A stretch of a life that is not in its journal. */
interface Hole {
  readonly from: Millis
  lines: number
}

/** The line that stands for a hole: a replay ends its life there, and says so. */
const holeLine = ({ from, lines }: Hole, to: Millis): string =>
  `# missing from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}: ${lines} lines, R2 took none; what follows is not compared`

interface Part {
  readonly key: string
  readonly text: string
}

export class MakerJournal {
  readonly #bucket: Pick<TapeBucket, 'put'>
  readonly #log: Log
  readonly #now: () => Millis
  #ticker = ''
  #recorder: StepRecorder | null = null
  /** The life that may write; the others have ended. */
  #life = 0
  /** The newest life of all: its number is never used again. */
  #newest = 0
  #part = 0
  #lines: string[] = []
  #characters = 0
  #waiting: Part[] = []
  #waitingCharacters = 0
  #hole: Hole | null = null
  #dropped = 0
  #unseen = 0
  #flushing: Promise<void> | null = null

  constructor(bucket: Pick<TapeBucket, 'put'>, log: Log, now: () => Millis = Date.now) {
    this.#bucket = bucket
    this.#log = log
    this.#now = now
  }

  /** Lines that are missing in the journals of this object. */
  get dropped(): number {
    return this.#dropped
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
    this.#closeHole()
    this.#close()
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
    // Also where memory is full: without its head nothing of the life could be replayed.
    this.#push(encodeHead(head))
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
    if (this.#hole !== null && this.#waiting.length === 0) this.#closeHole()
    if (this.#hole !== null || this.#isFull()) {
      this.#drop()
      return
    }
    this.#push(line)
    if (this.#characters >= PART_CHARACTERS) {
      this.#close()
      void this.#upload()
    }
  }

  #push(line: string): void {
    this.#lines.push(line)
    this.#characters += line.length + 1
  }

  #isFull(): boolean {
    const own = this.#waitingCharacters + this.#characters
    if (own >= MOST_WAITING) return true
    if (++this.#unseen < LOOK_EVERY) return false
    this.#unseen = 0
    return isIsolateFull(this.#ticker, own, this.#now())
  }

  #drop(): void {
    if (this.#hole === null) {
      this.#hole = { from: this.#now(), lines: 0 }
      this.#log('error', 'journal-dropped', { life: this.#life, parts: this.#waiting.length })
      this.#close()
      void this.#upload()
    }
    this.#hole.lines++
    this.#dropped++
  }

  /** The journal goes on; its life is not whole. */
  #closeHole(): void {
    const hole = this.#hole
    if (hole === null) return
    this.#hole = null
    this.#push(holeLine(hole, this.#now()))
  }

  /** The life's last line is written, though its engine goes on. A new life needs a new engine. */
  #end(life: number): void {
    if (life !== this.#life) return
    this.#closeHole()
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
  }

  async #send(): Promise<void> {
    for (let part = this.#waiting[0]; part !== undefined; part = this.#waiting[0]) {
      try {
        await putOnce(this.#bucket, part.key, part.text)
      } catch (error) {
        this.#log('error', 'journal-not-written', { key: part.key, detail: String(error) })
        return
      }
      this.#waiting.shift()
      this.#waitingCharacters -= part.text.length
    }
  }
}
