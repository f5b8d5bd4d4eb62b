import type { Provider } from '../types.ts'

export const webflow: Provider = {
  id: 'webflow',
  name: 'Webflow',
  docs: 'https://developers.webflow.com/data/docs/working-with-webhooks',
  detect: [{ header: 'x-webflow-signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:x-webflow-signature',
      timestamp: { from: 'header:x-webflow-timestamp', unit: 'ms', toleranceS: 300 },
      content: '{t}:{body}',
    },
  ],
  event: ['json:triggerType'],
  delivery: ['json:payload.id'],
  respond: { codes: '200' },
  retry: { delaysS: [600, 600, 600], note: 'three times, ten minutes apart' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'WEBFLOW_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: 'of a webhook made in the dashboard its secret; of an app its client secret',
  },
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
