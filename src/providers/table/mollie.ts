import type { Provider } from '../types.ts'

export const mollie: Provider = {
  id: 'mollie',
  name: 'Mollie (classic)',
  docs: 'https://docs.mollie.com/reference/webhooks',
  detect: [{ header: 'User-Agent', prefix: 'Mollie' }],
  schemes: [],
  delivery: ['form:id'],
  respond: { codes: '200', deadlineMs: 15_000 },
  retry: { delaysS: [60, 120, 240, 480, 960, 3840, 7680, 14_400, 28_800], note: 'ten times within 26 hours' },
  send: { userAgent: 'Mollie.nl HTTP client/1.0', contentType: 'application/x-www-form-urlencoded' },
  quirks: ['Not signed, and only the id of what changed: fetch it to learn more.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
