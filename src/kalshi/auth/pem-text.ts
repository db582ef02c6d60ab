// Finds the private key in text as people paste it, and writes it as a PEM of regular form.
//
// Between a key file and a secret store a PEM loses its newlines, gains quotes, a byte order mark
// or `\n` escapes, or is packed into base64 once more. All of that can be undone. What cannot be is
// named by its kind; no part of the text is ever repeated, because it may be a secret.

export type PemText =
  | { readonly ok: true; readonly label: string; readonly body: string; readonly pem: string }
  /** What was found instead, to follow "found", and what was wanted where that is not any key. */
  | { readonly ok: false; readonly found: string; readonly wanted?: string }

const LINE = 64
const BLOCK =
  /-----BEGIN\s*([A-Z0-9 ]{1,40}?)\s*-----([\s\S]*?)-----END\s*([A-Z0-9 ]{1,40}?)\s*-----/g
const QUOTES = /^["'`“”‘’]+|["'`“”‘’]+$/g
const SEQUENCE = 0x30

/** Labels that hold no key of ours, by what they are called among people. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/CERTIFICATE ?REQUEST/, 'a certificate request'],
  [/CERTIFICATE/, 'a certificate'],
  [/PUBLIC/, 'a public key'],
  [/OPENSSH/, 'an OpenSSH key'],
  [/PARAMETERS/, 'curve parameters'],
]
const UNENCRYPTED =
  'an unencrypted key: openssl pkey -in key.pem -out plain.pem removes the passphrase'

/** @returns the key's block, or what was found instead. Never throws. */
export const findPem = (pasted: string): PemText => {
  const text = unwrapped(pasted)
  const inner = text.includes('-----BEGIN') ? null : fromBase64(text)
  if (inner?.includes('-----BEGIN')) return blockOf(unwrapped(inner))
  if (inner?.charCodeAt(0) === SEQUENCE) return pemOf('PRIVATE KEY', text)
  return blockOf(text)
}

/** The key as a PEM with real newlines; any other text as it was. */
export const regularPem = (pasted: string): string => {
  const found = findPem(pasted)
  return found.ok ? found.pem : pasted
}

const unwrapped = (text: string): string => {
  let bare = text
    .replace(/[\uFEFF\u200B]/g, '')
    .replaceAll('\\r', '')
    .replaceAll('\\n', '\n')
    .replace(/\r\n?/g, '\n')
  for (let before = ''; before !== bare; ) {
    before = bare
    bare = bare.trim().replace(QUOTES, '')
  }
  return bare
}

/** Bytes as characters; null for what is no base64. */
const fromBase64 = (text: string): string | null => {
  const bare = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/')
  if (bare.length < 64) return null
  try {
    return atob(bare)
  } catch {
    return null
  }
}

const blockOf = (text: string): PemText => {
  const blocks = [...text.matchAll(BLOCK)].filter(([, begin, , end]) => same(begin!, end!))
  // Files hold certificates or curve parameters beside the key.
  const block = blocks.find(([, label]) => /PRIVATE ?KEY/.test(label!)) ?? blocks[0]
  if (block === undefined) {
    if (text === '') return { ok: false, found: 'nothing' }
    if (text.includes('-----BEGIN')) {
      return { ok: false, found: 'a PEM without its matching -----END line' }
    }
    return { ok: false, found: `${text.length} characters without a -----BEGIN line` }
  }
  const [, label, body] = block
  const kind = KINDS.find(([shape]) => shape.test(label!))
  if (kind !== undefined) return { ok: false, found: `${kind[1]}, "${label}"` }
  if (/ENCRYPTED/.test(label!)) {
    return { ok: false, found: `an encrypted key, "${label}"`, wanted: UNENCRYPTED }
  }
  if (/Proc-Type:|DEK-Info:/.test(body!)) {
    return { ok: false, found: 'a key protected by a passphrase', wanted: UNENCRYPTED }
  }
  return pemOf(label!.replace(/ ?PRIVATE ?KEY/, ' PRIVATE KEY').trim(), body!)
}

const same = (begin: string, end: string): boolean =>
  begin.replaceAll(' ', '') === end.replaceAll(' ', '')

const pemOf = (label: string, text: string): PemText => {
  // A backslash is what is left of a line that was continued.
  const body = text.replace(/[\s\\]+/g, '')
  const broken = faultOf(body)
  if (broken !== '') return { ok: false, found: broken }
  const lines = body.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  const pem = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n')
  return { ok: true, label, body, pem }
}

/** Where the base64 of a key breaks; '' where it does not. */
const faultOf = (body: string): string => {
  if (body === '') return 'a PEM with nothing between its BEGIN and END lines'
  const bad = body.search(/[^A-Za-z0-9+/]/)
  const end = bad < 0 ? body.length : bad
  if (bad >= 0 && !/^={1,2}$/.test(body.slice(bad))) {
    const line = Math.floor(bad / LINE) + 1
    return `a key whose text is not base64: it breaks at character ${bad + 1} (line ${line} of 64 each)`
  }
  if (end % 4 === 1) return `a key whose base64 is cut off: ${end} characters`
  return ''
}
