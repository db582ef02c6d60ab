// What both mock servers do with raw HTTP: read a whole body, and refuse an upgrade.

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Calls `use` with the body once it is complete; cuts the connection when it exceeds `most` bytes.
 */
export const whenRead = (
  request: IncomingMessage,
  most: number,
  use: (text: string) => void,
): void => {
  const chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > most) request.destroy()
    else chunks.push(chunk)
  })
  request.on('end', () => use(chunks.length === 0 ? '' : Buffer.concat(chunks).toString()))
}

/** Refuses an upgrade with an HTTP answer. */
export const turnAway = (socket: Duplex, status: number, type: string, text: string): void => {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`)
}
