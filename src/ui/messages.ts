import { redactText } from '../core/credentials.ts'
import type { AnyAppError, ErrorData } from '../core/errors.ts'
import { formatAge, formatBytes, formatCount } from '../core/units.ts'
import { shortId } from './lines.ts'
import type { Message } from './render-message.ts'
import { sanitizeLine } from './sanitize.ts'
import { importProblem } from './transfer.ts'
import { connectionWords, failureWords, fileWords, listeningWords } from './words.ts'

export interface MessageContext {
  /** The command line's first word, for `$ webhook-cli listen --help`. */
  readonly command: string
  readonly now: number
  /** The program that holds the port in question, if the system tells. */
  readonly portOwner?: string
  path(path: string): string
}

/** What is said of an error. Its words are still to be laid out, by `renderMessage`. */
export function explainError(error: AnyAppError, context: MessageContext): Message {
  const help = { command: `webhook-cli ${context.command === '' ? '' : `${context.command} `}--help` }
  switch (error.code) {
    case 'usage': {
      const { message, hint, next } = error.data
      return {
        text: message,
        ...(hint !== undefined && { why: hint }),
        next: next?.map((command) => ({ command })) ?? [help],
      }
    }
    case 'bad-value': {
      const { option, value, expected } = error.data
      return { text: `${option}: "${sanitizeLine(value)}" is not ${expected}`, next: [help] }
    }
    case 'bad-filter':
      return {
        text: `${error.data.option}: the condition "${sanitizeLine(error.data.expression)}" makes no sense`,
        why: sanitizeLine(error.data.problem),
        next: [
          {
            command: `webhook-cli ${context.command} ${CONDITIONS[error.data.option] ?? `--where 'request.method == "POST" && request.size > 1024'`}`,
            note: 'for example',
          },
        ],
      }
    case 'bad-config':
      return {
        text: `cannot use the settings in ${context.path(error.data.path)}`,
        why: sanitizeLine(error.data.problem),
        next: [{ command: 'webhook-cli help paths', note: 'which files are read' }],
      }
    case 'bad-baseline':
      return {
        text: `cannot compare with ${context.path(error.data.path)}`,
        why: sanitizeLine(error.data.problem),
        next: [{ command: 'webhook-cli bench --json > before.json', note: 'makes such a file' }],
      }
    case 'file-unreadable': {
      const { option, path, reason } = error.data
      return { text: `${option}: cannot read ${context.path(path)} (${fileWords(reason)})`, next: [help] }
    }
    case 'file-unwritable':
      return {
        text: `cannot write ${context.path(error.data.path)} (${fileWords(error.data.reason)})`,
        next: [help],
      }
    case 'not-importable': {
      const { problems, count, valid } = error.data
      const more = count > problems.length ? [`… and ${count - problems.length} more`] : []
      return {
        text:
          count + valid === 1
            ? 'nothing was imported'
            : `${count} of ${count + valid} entries cannot be imported; nothing was`,
        why: [...problems.map(importProblem), ...more].join('\n'),
        next: [
          valid > 0
            ? { command: 'webhook-cli import --skip-invalid …', note: 'the others' }
            : { command: 'webhook-cli import --help', note: 'what is understood' },
        ],
      }
    }
    case 'env-missing':
      return {
        text: `${error.data.option} env:${sanitizeLine(error.data.name)}: that variable is not set`,
        next: [{ command: `export ${sanitizeLine(error.data.name)}=…` }],
      }
    case 'port-in-use': {
      const { host, port } = error.data
      const owner = context.portOwner
      const again = `webhook-cli ${context.command || 'listen'}`
      return {
        text: `port ${port} is already in use`,
        why: `${owner === undefined ? 'another program' : sanitizeLine(owner)} is listening on ${host}:${port}`,
        next: [
          {
            command: `${again} --port ${port === 65535 ? port - 1 : port + 1}`,
            note: 'use another port',
          },
          { command: `${again} --port 0`, note: 'let the system choose' },
        ],
      }
    }
    case 'cannot-listen': {
      const { host, port, reason } = error.data
      return {
        text: `cannot listen on ${sanitizeLine(host)}:${port} (${listeningWords(reason)})`,
        next: [help],
      }
    }
    case 'nothing-matches': {
      const { kept } = error.data
      return {
        text: kept === 0 ? 'nothing captured yet' : `none of ${kept} captured requests matches`,
        next: [{ command: kept === 0 ? 'webhook-cli listen' : 'webhook-cli list' }],
      }
    }
    case 'no-such-request': {
      const { ref, closest, storeIsEmpty } = error.data
      // No ref has a slash or a dot: it is a file, and there those are written with an @.
      if (/^(?:verify|replay)$/.test(context.command) && /^[\w/-]*[./][\w./-]*$/.test(ref)) {
        return {
          text: `"${ref}" is no ref; a file is @${ref}`,
          next: [{ command: `webhook-cli ${context.command} @${ref}` }],
        }
      }
      if (storeIsEmpty) return { text: 'nothing captured yet', next: [{ command: 'webhook-cli listen' }] }
      return {
        text: `no captured request ${/^last/i.test(ref) ? `is "${sanitizeLine(ref)}"` : `starts with "${sanitizeLine(ref)}"`}`,
        ...(closest && {
          why: `closest: ${shortId(closest.ref)} (${formatAge(context.now - closest.receivedAt)})`,
        }),
        next: [{ command: 'webhook-cli list' }],
      }
    }
    case 'ambiguous-ref':
      return {
        text: `"${sanitizeLine(error.data.ref)}" is ambiguous: ${error.data.matches.join(', ')}`,
        next: [],
      }
    case 'binary-to-terminal': {
      const { ref, size } = error.data
      return {
        text: `binary body, ${formatBytes(size)}: redirect it or use --hex`,
        next: [
          { command: `webhook-cli show ${ref} --raw > body.bin` },
          { command: `webhook-cli show ${ref} --hex` },
        ],
      }
    }
    case 'needs-confirmation':
      return {
        text: `this would delete ${formatCount(error.data.count, 'captured request')}, and nobody is here to ask`,
        next: [
          { command: 'webhook-cli clear --yes' },
          { command: 'webhook-cli clear --dry-run', note: 'only tell what would go' },
        ],
      }
    case 'bad-provider':
      return {
        text: `cannot use the provider in ${sanitizeLine(error.data.source)}`,
        why: sanitizeLine(error.data.problem),
        next: [{ command: 'webhook-cli providers' }],
      }
    case 'cannot-sign':
      return explainSigning(error.data)
    case 'remote-target': {
      const { target, why } = error.data
      return {
        text: `${sanitizeLine(target)} is another machine`,
        why: {
          many: 'more than 100 events go there only with --allow-remote',
          tampered: 'tampered events go there only with --allow-remote',
          untyped: 'a file or an import names it, not you: name it with --to, or give --allow-remote',
        }[why],
        next: [],
      }
    }
    case 'bench-refused':
      return explainBench(error.data)
    case 'bench-remote':
      return {
        text: sanitizeLine(error.data.target),
        why: sanitizeLine(error.data.problem),
        next: [{ command: error.data.next }],
      }
    case 'unknown-provider':
      return {
        text: `there is no provider "${sanitizeLine(error.data.provider)}"`,
        ...(error.data.known.length > 0 && { why: `close: ${error.data.known.join(', ')}` }),
        next: [{ command: 'webhook-cli providers' }],
      }
    default:
      return explainStoreError(error, context)
  }
}

const CONDITIONS: Readonly<Record<string, string>> = {
  '--until': `--until 'request.body.type == "invoice.paid"'`,
  '--route': `--route 'where:request.size > 1024 -> 3000'`,
  '--notify': `--notify 'where:request.size > 1024'`,
  '--order-by': `--order-by request.body.id`,
  '--expect': `--expect 'response.status == 200 && response.ms < 500'`,
}

/** What is missing to sign, and where it comes from. */
function explainSigning({ provider, failure }: ErrorData['cannot-sign']): Message {
  const name = sanitizeLine(provider)
  const subject = sanitizeLine(failure.subject ?? '')
  if (failure.code === 'option-missing') {
    return {
      text: `signing as ${name} needs --option ${subject}=…`,
      next: [{ command: `webhook-cli providers ${name}`, note: 'what it is' }],
    }
  }
  const why =
    failure.code === 'secret-malformed'
      ? 'the secret given cannot sign in this way; of a key pair it takes the private half'
      : failureWords(failure)
  return {
    text: `cannot sign as ${name}`,
    why,
    next: [{ command: `webhook-cli providers ${name}`, note: 'how it signs' }],
  }
}

const BENCH_STEPS = {
  poll: 'cannot poll',
  trigger: 'the trigger makes no event:',
  subscribe: 'the subscription was not taken:',
  serve: 'the sample service did not start:',
} as const

/** What a benchmark's target said, and what would help. */
function explainBench({ step, url, outcome }: ErrorData['bench-refused']): Message {
  const text = `${BENCH_STEPS[step]} ${sanitizeLine(redactText(url))}`
  const isStatus = /^\d{3}$/.test(outcome)
  const why = isStatus ? `it answers ${outcome}` : sanitizeLine(connectionWords(outcome))
  if (outcome === '401' || outcome === '403')
    return { text, why, next: [{ command: "webhook-cli bench … --header 'Authorization: env:TOKEN'" }] }
  if (outcome === 'NOT_LOOPBACK')
    return {
      text,
      why: 'the name leads to another machine',
      next: [{ command: 'webhook-cli bench … --allow-remote' }],
    }
  return { text, why, next: [{ command: 'webhook-cli bench --help' }] }
}

type StoreError = Extract<AnyAppError, { code: `store-${string}` }>

function explainStoreError(error: StoreError, context: MessageContext): Message {
  const path = context.path(error.data.path)
  const elsewhere = {
    command: `webhook-cli ${context.command || 'list'} --store ./requests.db`,
    note: 'use another file',
  }
  const text = `cannot open the store ${path}`
  switch (error.code) {
    case 'store-unsafe': {
      const why = {
        symlink: 'it is a symbolic link, and could lead captures to a place somebody else chose',
        'not-a-file': 'it is not a regular file',
        'other-owner': 'it belongs to another user',
      }[error.data.problem]
      return { text, why, next: [elsewhere] }
    }
    case 'store-newer':
      return {
        text,
        why: `it was written by a newer webhook-cli (schema ${error.data.schema}, this one knows ${error.data.known})`,
        next: [{ command: 'npm i -g webhook-cli@latest' }, elsewhere],
      }
    case 'store-corrupt':
      return {
        text,
        why: `it is damaged (${sanitizeLine(error.data.reason)}); it was left as it is`,
        next: [elsewhere],
      }
    case 'store-foreign':
      return { text, why: 'it is a database of another program; it was left as it is', next: [elsewhere] }
    case 'store-unavailable':
      return { text, why: fileWords(error.data.reason), next: [elsewhere] }
    case 'store-write-failed':
      return {
        text: `cannot write to the store ${path}`,
        why: error.data.full ? 'the disk is full' : sanitizeLine(error.data.reason),
        next: [{ command: 'webhook-cli clear --dry-run', note: 'what could be deleted' }],
      }
    case 'store-busy':
      return {
        text: `the store ${path} is held by another program`,
        why: 'it did not let go within 5 s',
        next: [],
      }
  }
}
