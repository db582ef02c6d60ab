// Hands the lab's pieces to threads, in order, and keeps what they find until it is asked for.

import { Worker } from 'node:worker_threads'
import { Samples } from '../sessions/samples.ts'
import { costOf, type Found, type Job, perform } from './jobs.ts'
import type { Answer, Task } from './worker.ts'

/** Told after each piece: seconds of work done and in all, as estimated. */
export type Watcher = (done: number, all: number) => void

interface Waiting {
  readonly job: Job
  resolve(found: Found): void
  reject(error: unknown): void
}

export class Pool {
  readonly #workers: Worker[] = []
  readonly #idle: Worker[] = []
  readonly #queue: Waiting[] = []
  readonly #running = new Map<number, Waiting>()
  readonly #watch: Watcher
  readonly #alone: boolean
  #next = 0
  #done = 0
  #all = 0
  #stirred = false

  /** @param threads 1: everything on this thread, without any worker */
  constructor(threads: number, watch: Watcher = () => {}) {
    this.#watch = watch
    this.#alone = threads <= 1
    if (this.#alone) return
    for (let i = 0; i < threads; i++) this.#workers.push(this.#hire())
    this.#idle.push(...this.#workers)
  }

  #hire(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    worker.on('message', ({ id, found }: Answer) => {
      const waiting = this.#running.get(id)!
      this.#running.delete(id)
      this.#idle.push(worker)
      const result = typeof found === 'number' ? found : found.map(Samples.of)
      this.#finish(waiting, result)
      this.#give()
    })
    worker.on('error', (error) => {
      for (const { reject } of [...this.#running.values(), ...this.#queue]) reject(error)
    })
    return worker
  }

  /** Resolves with what each job finds, in order. Rejects when one fails. */
  perform(jobs: readonly Job[]): Promise<Found[]> {
    const all = jobs.map(
      (job) =>
        new Promise<Found>((resolve, reject) => {
          this.#queue.push({ job, resolve, reject })
          this.#all += costOf(job)
        }),
    )
    this.#stir()
    return Promise.all(all)
  }

  /** The samples of pieces of one subject, put together. */
  async sessions(jobs: readonly Job[]): Promise<Samples[]> {
    const pieces = (await this.perform(jobs)) as (readonly Samples[])[]
    return pieces[0]!.map((_, maker) => Samples.join(pieces.map((piece) => piece[maker]!)))
  }

  /** Lets the threads go. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #stir(): void {
    if (!this.#alone) {
      this.#give()
      return
    }
    if (this.#stirred) return
    this.#stirred = true
    setImmediate(() => {
      this.#stirred = false
      const waiting = this.#queue.shift()
      if (waiting === undefined) return
      try {
        this.#finish(waiting, perform(waiting.job))
      } catch (error) {
        waiting.reject(error)
      }
      this.#stir()
    })
  }

  #give(): void {
    while (this.#idle.length > 0 && this.#queue.length > 0) {
      const waiting = this.#queue.shift()!
      const id = this.#next++
      this.#running.set(id, waiting)
      this.#idle.pop()!.postMessage({ id, job: waiting.job } satisfies Task)
    }
  }

  #finish({ job, resolve }: Waiting, found: Found): void {
    this.#done += costOf(job)
    this.#watch(this.#done, this.#all)
    resolve(found)
  }
}
