import type { Provider } from '../types.ts'

export const elevenlabs: Provider = {
  id: 'elevenlabs',
  name: 'ElevenLabs',
  docs: 'https://elevenlabs.io/docs/product-guides/administration/webhooks',
  detect: [{ header: 'ElevenLabs-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:ElevenLabs-Signature',
      format: 't={t},v0={sig}',
      separator: ',',
      timestamp: { from: 'signature', unit: 's', toleranceS: 1800 },
      content: '{t}.{body}',
    },
  ],
  event: ['json:type'],
  respond: { codes: '200' },
  retry: { delaysS: [], note: 'none; ten failures in a row disable the webhook' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'ELEVENLABS_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32, prefix: 'wsec_' },
    hint: 'wsec_…, shown once, used as it stands',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
