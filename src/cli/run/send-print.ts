import type { Parcel } from '../../app/send.ts'
import { toCurl } from '../../core/content/copy-as.ts'
import { describeContent } from '../../core/content/describe.ts'
import { requestToJson } from '../../core/content/jsonv1.ts'
import { EXIT } from '../../core/errors.ts'
import type { CapturedRequest } from '../../core/request.ts'
import { renderBody } from '../../ui/body.ts'
import { renderHeaders } from '../../ui/detail.ts'
import { toJsonLine } from '../../ui/sanitize.ts'
import type { SendFlags } from '../commands/send.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'
import type { SendPlan } from './send-plan.ts'
import { announceKey } from './send-report.ts'

/** Prints the events in place of sending them: exact bytes in a pipe, harmless on a terminal. */
export async function printParcels(
  plan: SendPlan,
  form: 'curl' | 'http' | 'json',
  make: (index: number) => Parcel,
  flags: SendFlags,
  session: Session,
  deps: CliDeps,
): Promise<number> {
  const { stdout } = deps.io
  announceKey(plan, flags, session, deps)
  for (let index = 0; index < plan.options.count && !stdout.closed; index++) {
    if (!stdout.write(textOf(make(index), form, session, deps))) await stdout.drained()
  }
  return EXIT.ok
}

function textOf(
  { request, assess, url }: Parcel,
  form: 'curl' | 'http' | 'json',
  { out }: Session,
  { io }: CliDeps,
): string | Uint8Array {
  const captured: CapturedRequest = { ...request, id: '', seq: 0 }
  switch (form) {
    case 'curl':
      return `${toCurl(request, new URL(url).origin)}\n`
    case 'json': {
      const {
        id: _id,
        seq: _seq,
        ...json
      } = requestToJson({ request: captured, ...assess(), deliveries: [] }, { bodies: true })
      return toJsonLine(json)
    }
    case 'http': {
      if (!io.stdout.isTTY) return message(request)
      const lines = renderBody(describeContent(request), {
        previewBytes: Number.POSITIVE_INFINITY,
        indent: '',
        theme: { dim: out.dim, key: out.id },
      })
      return `${renderHeaders(captured, out)}\n${lines.join('\n')}\n`
    }
  }
}

/** As it would be on the wire. */
function message({ method, target, headers, body }: Parcel['request']): Uint8Array {
  const head = [
    `${method} ${target} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}
