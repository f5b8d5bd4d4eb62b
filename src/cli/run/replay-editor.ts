import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { splitCommand } from '../../core/command.ts'
import { validUtf8 } from '../../core/content/charset.ts'
import { requestFromHttp } from '../../core/content/http-read.ts'
import { AppError } from '../../core/errors.ts'
import type { StoredRequest } from '../../core/query.ts'
import type { CapturedRequest } from '../../core/request.ts'
import { shortId } from '../../ui/lines.ts'
import { sanitizeLine } from '../../ui/sanitize.ts'
import { commandWords } from '../../ui/words.ts'
import type { CliDeps } from '../deps.ts'
import { systemCode } from '../session.ts'

/** What of a request can be changed in an editor. */
export type Edited = Pick<CapturedRequest, 'method' | 'target' | 'headers' | 'body'>

/**
 * Opens a request as an HTTP message in the user's editor, in a file that only they can read, and reads it back.
 * @throws AppError `usage`: there is no editor, the body is no text, or what was saved is no request; then the file
 *   is kept, and the error names it
 */
export async function editRequest(stored: StoredRequest, { io }: CliDeps): Promise<Edited> {
  const { request } = stored
  const variable = io.env['VISUAL'] ? 'VISUAL' : 'EDITOR'
  const editor = io.env[variable] ?? ''
  if (editor.trim() === '')
    throw new AppError('usage', {
      message: '--edit needs an editor',
      hint: 'neither VISUAL nor EDITOR is set',
      next: ['export EDITOR=nano'],
    })
  const ref = request.id === '' ? 'request' : shortId(request.id)
  if (validUtf8(request.body) === undefined)
    throw new AppError('usage', {
      message: 'its body is not text, and an editor would damage it',
      next: [`webhook-cli show ${ref} --raw > body.bin`, `webhook-cli replay ${ref} --body @body.bin`],
    })
  const folder = await mkdtemp(join(tmpdir(), 'webhook-cli-'))
  const path = join(folder, `${ref}.http`)
  await writeFile(path, messageOf(request), { mode: 0o600, flag: 'wx' })
  await runEditor(splitCommand(editor, `$${variable}`), path, io.env)
  const saved = await readFile(path)
  const read = requestFromHttp(saved, request.receivedAt)
  if (!read.ok)
    throw new AppError('usage', {
      message: `what was saved is no request: line ${read.line} is not ${read.expected}`,
      hint: `nothing was sent; your text is in ${sanitizeLine(path)}`,
    })
  await rm(folder, { recursive: true })
  const { method, target, headers, body } = read.request
  return { method, target, headers, body: withoutAddedLineEnd(body, request.body) }
}

/** Its length is left out: it would have to be counted anew, and is in any case. */
function messageOf({ method, target, httpVersion, headers, body }: CapturedRequest): Buffer {
  const shown = headers.filter(([name]) => !/^(?:content-length|transfer-encoding)$/i.test(name))
  const lines = [
    `${method} ${target} HTTP/${httpVersion}`,
    ...shown.map(([name, value]) => `${name}: ${value}`),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\n')}\n\n`, 'latin1'), body])
}

/** Editors end the last line of a file; a body that had no such end shall not get one, signed as it is. */
function withoutAddedLineEnd(body: Uint8Array, before: Uint8Array): Uint8Array {
  const NEWLINE = 0x0a
  return before.at(-1) !== NEWLINE && body.at(-1) === NEWLINE ? body.subarray(0, -1) : body
}

function runEditor(
  words: readonly string[],
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const [program = '', ...args] = words
  return new Promise((resolve, reject) => {
    const refuse = (reason: string): void =>
      reject(
        new AppError('usage', {
          message: `the editor ${sanitizeLine(program)} did not end well (${reason})`,
          hint: `nothing was sent; your text is in ${sanitizeLine(path)}`,
        }),
      )
    const child = spawn(program, [...args, path], { stdio: 'inherit', env })
    child.on('error', (error) => refuse(commandWords({ status: systemCode(error) })))
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : refuse(commandWords({ status: signal ?? code ?? '' })),
    )
  })
}
