import type { Provider } from '../types.ts'

export const sentry: Provider = {
  id: 'sentry',
  name: 'Sentry',
  docs: 'https://docs.sentry.io/organization/integrations/integration-platform/webhooks/',
  detect: [{ header: 'Sentry-Hook-Resource' }, { header: 'Sentry-Hook-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Sentry-Hook-Signature',
      content: '{body}',
      also: 'reserialised-json',
    },
  ],
  event: [['header:Sentry-Hook-Resource', 'json:action']],
  delivery: ['header:Request-ID'],
  respond: { codes: '2xx', deadlineMs: 1000 },
  retry: { delaysS: [], note: 'none; 1,000 timeouts within 24 hours unsubscribe the app' },
  send: {
    contentType: 'application/json',
    headers: { 'Request-ID': '{hex:32}', 'Sentry-Hook-Timestamp': '{now:unix}' },
  },
  secret: {
    env: 'SENTRY_CLIENT_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: 'Client Secret of the integration',
  },
  quirks: [
    'Sentry-Hook-Timestamp is not signed.',
    'The documentation hashes the body parsed and written again; both that and the bytes as sent are tried.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
