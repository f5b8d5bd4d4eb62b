import type { Provider } from '../types.ts'

export const contentful: Provider = {
  id: 'contentful',
  name: 'Contentful',
  docs: 'https://www.contentful.com/developers/docs/webhooks/request-verification/',
  detect: [{ header: 'X-Contentful-Topic' }, { header: 'X-Contentful-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Contentful-Signature',
      signedHeaders: 'header:X-Contentful-Signed-Headers',
      timestamp: { from: 'header:X-Contentful-Timestamp', unit: 'ms', toleranceS: 30 },
      content: { canonical: 'contentful' },
    },
  ],
  event: ['header:X-Contentful-Topic'],
  respond: { codes: '2xx' },
  retry: { delaysS: [30, 60], note: 'twice, on 429 and 5xx' },
  send: {
    contentType: 'application/vnd.contentful.management.v1+json',
    headers: {
      'X-Contentful-Topic': '{event}',
      'X-Contentful-Webhook-Name': 'example',
      'X-Contentful-Signed-Headers':
        'content-type,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic',
    },
  },
  secret: {
    env: 'CONTENTFUL_SIGNING_SECRET',
    make: { kind: 'alphanumeric', length: 64 },
    hint: "the 64 characters of the space's signing secret",
  },
  quirks: [
    'Path and query are signed, so a proxy that rewrites them breaks it: give --public-url.',
    'The window is only 30 seconds: a replayed request is nearly always outside it.',
  ],
  laxer: [
    {
      sdk: '@contentful/node-apps-toolkit',
      accepts: 'future-timestamp',
      note: 'it only refuses timestamps in the past',
    },
  ],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
