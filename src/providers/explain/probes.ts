import { bodyAppended, bodyCharset, bodyEnds, bodyLines } from './body.ts'
import { bodyCoding } from './body-coding.ts'
import { bodyForm } from './body-form.ts'
import { bodyJson } from './body-json.ts'
import { otherProvider, otherScheme, signedContent } from './other-provider.ts'
import { otherSecret, secretForm, trimmedSecret } from './secret.ts'
import { otherHeader, signatureWriting } from './signature.ts'
import type { Probe } from './subject.ts'
import { timestampSource } from './timestamp.ts'
import type { ProbeGroup } from './types.ts'
import { urlVariants } from './url.ts'

export interface PlannedProbe {
  readonly group: ProbeGroup
  readonly probe: Probe
  /** What the request must carry for it to make sense: a signature of this provider, and not only a token. */
  readonly needs?: 'signature' | 'signed'
}

/** Everything that is tried where a signature does not hold. What is common comes first, and before that what is certain once it fits. */
export const PROBES: readonly PlannedProbe[] = [
  { group: 'secret', probe: otherSecret, needs: 'signature' },
  { group: 'secret', probe: trimmedSecret, needs: 'signature' },
  { group: 'url', probe: urlVariants, needs: 'signed' },
  { group: 'body', probe: bodyEnds, needs: 'signed' },
  { group: 'secret', probe: secretForm, needs: 'signature' },
  { group: 'provider', probe: otherScheme },
  { group: 'provider', probe: otherProvider },
  { group: 'timestamp', probe: timestampSource, needs: 'signed' },
  { group: 'body', probe: bodyLines, needs: 'signed' },
  { group: 'body', probe: bodyJson, needs: 'signed' },
  { group: 'signature', probe: signatureWriting, needs: 'signed' },
  { group: 'signature', probe: otherHeader },
  { group: 'body', probe: bodyCoding, needs: 'signed' },
  { group: 'body', probe: bodyForm, needs: 'signed' },
  { group: 'body', probe: bodyCharset, needs: 'signed' },
  { group: 'body', probe: bodyAppended, needs: 'signed' },
  { group: 'signature', probe: signedContent, needs: 'signed' },
]
