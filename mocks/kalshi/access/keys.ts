// Makes the client keys of the mock exchange: one RSA pair (written both as PKCS#1 and as PKCS#8)
// and one Ed25519 pair, so that a client can prove that it reads every kind of key file that Kalshi
// gives out. Keys are made once per process, or kept in a folder so that they survive a restart.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const generate = promisify(generateKeyPair)

/** A key as its owner holds it. */
export interface ClientKey {
  readonly keyId: string
  readonly pem: string
}

/** The three forms, all belonging to the same account. */
export interface ClientKeys {
  readonly rsaPkcs1: ClientKey
  readonly rsaPkcs8: ClientKey
  readonly ed25519: ClientKey
}

interface Material {
  readonly rsaPkcs1: string
  readonly rsaPkcs8: string
  readonly ed25519: string
}

let made: Promise<Material> | null = null

const make = async (): Promise<Material> => {
  const [rsa, ed] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ed25519', {}),
  ])
  return {
    rsaPkcs1: rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    rsaPkcs8: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ed25519: ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const IDS = {
  rsaPkcs1: '11111111-0000-4000-8000-000000000001',
  rsaPkcs8: '11111111-0000-4000-8000-000000000008',
  ed25519: '11111111-0000-4000-8000-000000025519',
} as const

const named = (material: Material): ClientKeys => ({
  rsaPkcs1: { keyId: IDS.rsaPkcs1, pem: material.rsaPkcs1 },
  rsaPkcs8: { keyId: IDS.rsaPkcs8, pem: material.rsaPkcs8 },
  ed25519: { keyId: IDS.ed25519, pem: material.ed25519 },
})

/** Fresh keys, the same ones for every exchange of this process. */
export const makeKeys = async (): Promise<ClientKeys> => {
  made ??= make()
  return named(await made)
}

const FILES = {
  rsaPkcs1: 'rsa-pkcs1.pem',
  rsaPkcs8: 'rsa-pkcs8.pem',
  ed25519: 'ed25519.pem',
} as const

/** The keys of a folder, made there when it has none. @throws Error when it holds only some. */
export const keysIn = async (folder: string): Promise<ClientKeys> => {
  const read = async (file: string): Promise<string | null> => {
    try {
      return await readFile(join(folder, file), 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }
  const rsaPkcs1 = await read(FILES.rsaPkcs1)
  const rsaPkcs8 = await read(FILES.rsaPkcs8)
  const ed25519 = await read(FILES.ed25519)
  if (rsaPkcs1 !== null && rsaPkcs8 !== null && ed25519 !== null) {
    return named({ rsaPkcs1, rsaPkcs8, ed25519 })
  }
  if (rsaPkcs1 !== null || rsaPkcs8 !== null || ed25519 !== null) {
    throw new Error(
      `Reading keys failed: ${folder} has some of ${Object.values(FILES).join(', ')}, wanted all or none`,
    )
  }
  const material = await make()
  await mkdir(folder, { recursive: true })
  for (const name of ['rsaPkcs1', 'rsaPkcs8', 'ed25519'] as const) {
    await writeFile(join(folder, FILES[name]), material[name], { mode: 0o600 })
  }
  return named(material)
}

/** The public half of a PEM, private or public. @throws Error when it is neither. */
export const publicHalf = (pem: string): KeyObject =>
  createPublicKey(pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : pem)

/**
 * A new private key in the form that the exchange hands out: PKCS#1 for RSA, PKCS#8 for Ed25519.
 */
export const generatedKey = (type: 'rsa' | 'ed25519'): string =>
  type === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs1', format: 'pem' })
        .toString()
    : generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
