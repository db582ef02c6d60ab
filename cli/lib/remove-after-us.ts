// Removes a folder with secrets when this process is gone, also when it was killed.

import { spawn } from 'node:child_process'

/**
 * Removes the folder once this process is gone, however it ends: a process that is killed cleans up
 * nothing itself. By a shell of its own session, so that killing our group leaves it alive.
 */
export const removeAfterUs = (folder: string): void => {
  if (process.platform === 'win32') return
  const script = 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; rm -rf -- "$2"'
  spawn('/bin/sh', ['-c', script, 'kmm-cleaner', String(process.pid), folder], {
    detached: true,
    stdio: 'ignore',
  }).unref()
}
