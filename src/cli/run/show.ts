import type { Redacted } from '../../app/redact.ts'
import type { Mark } from '../../core/credentials.ts'
import { toCurl, toHttpie } from '../../core/content/copy-as.ts'
import { copyTarget } from '../../core/content/copy-target.ts'
import { hexLines } from '../../core/content/hex.ts'
import { storedToJson } from '../../core/content/jsonv1.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { StoredRequest } from '../../core/query.ts'
import { renderDetail, renderHeaders } from '../../ui/detail.ts'
import { shortId } from '../../ui/lines.ts'
import { toJsonLine } from '../../ui/sanitize.ts'
import { redactionWords } from '../../ui/transfer.ts'
import { hiddenWords } from '../../ui/words.ts'
import type { ShowFlags } from '../commands/show.ts'
import type { CliDeps } from '../deps.ts'
import { redactorFor } from '../redaction.ts'
import { openSession } from '../session.ts'
import type { Session } from '../session.ts'
import { readCatalog } from '../signing.ts'

const FORMS = ['raw', 'hex', 'headers', 'curl', 'httpie', 'json'] as const

export async function runShow(ref: string, flags: ShowFlags, deps: CliDeps): Promise<number> {
  const asked = FORMS.filter((form) => flags[form] === true)
  if (asked.length > 1) {
    throw new AppError('usage', {
      message: `only one of ${asked.map((form) => `--${form}`).join(', ')} at a time`,
    })
  }
  const session = await openSession(flags, deps)
  const [form] = asked
  const store = await session.openStore()
  try {
    const kept = await store.get(ref)
    const { stored, hidden } = await redacted(kept, form, flags, session, deps)
    const { stdout, stderr } = deps.io
    for (const chunk of render(stored, form, flags, session, deps)) {
      if (stdout.closed) break
      if (!stdout.write(chunk)) await stdout.drained()
    }
    if (hidden.length > 0 && flags.quiet !== true)
      stderr.write(`${session.err.warn('note:')} ${redactionWords(hidden)}\n`)
    return EXIT.ok
  } finally {
    await store.close()
  }
}

/** Bytes that somebody asked for, and what a program reads, are as they came: `verify @file` checks them. */
async function redacted(
  stored: StoredRequest,
  form: (typeof FORMS)[number] | undefined,
  flags: ShowFlags,
  session: Session,
  deps: CliDeps,
): Promise<Redacted> {
  if (form === 'raw' || form === 'hex' || form === 'json') return { stored, hidden: [] }
  // A command that is copied must stay one that a shell reads.
  const mark: Mark | undefined =
    form === 'curl' || form === 'httpie' ? undefined : (secret) => hiddenWords(secret.length, session.out)
  const catalog = await readCatalog([], session, deps)
  const redactor = await redactorFor(flags, catalog, session, deps, mark)
  const { stored: clean, hidden } = redactor?.redact(stored) ?? { stored, hidden: [] }
  // Headers alone have no body, of which nothing is to be told then.
  return {
    stored: clean,
    hidden: form === 'headers' ? hidden.filter((name) => !/^body$|^json:/.test(name)) : hidden,
  }
}

function render(
  stored: StoredRequest,
  form: (typeof FORMS)[number] | undefined,
  flags: ShowFlags,
  session: Session,
  { io }: CliDeps,
): Iterable<string | Uint8Array> {
  const { request } = stored
  const id = shortId(request.id)
  switch (form) {
    case 'raw':
      if (io.stdout.isTTY && isBinary(request.body)) {
        throw new AppError('binary-to-terminal', { ref: id, size: request.body.byteLength })
      }
      return [request.body]
    case 'hex':
      return lines(hexLines(request.body))
    case 'headers':
      return [renderHeaders(request, session.out)]
    case 'curl':
      return [`${toCurl(request, copyTarget(request).origin)}\n`]
    case 'httpie':
      return [`${toHttpie(request, copyTarget(request).origin)}\n`]
    case 'json':
      return [toJsonLine(storedToJson(stored))]
    case undefined:
      return [
        renderDetail(stored, {
          theme: session.out,
          columns: io.stdout.columns(),
          now: io.clock.now(),
          id,
          whole: flags.all === true || !io.stdout.isTTY,
        }),
      ]
  }
}

function* lines(source: Iterable<string>): Iterable<string> {
  for (const line of source) yield `${line}\n`
}

/** Bytes that a terminal would act upon, or that are no UTF-8. Text with line breaks and tabs is neither. */
function isBinary(body: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    return /[^\P{C}\t\n\r]/u.test(text)
  } catch {
    return true
  }
}
