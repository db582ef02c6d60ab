// What a maker is doing, in one word. Derived from its state at every step, never set.

/** halted needs a person to release it. */
export type Phase = 'idle' | 'recovering' | 'quoting' | 'paused' | 'dark' | 'halted'
