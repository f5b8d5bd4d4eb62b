import type { Provider } from '../types.ts'

export const hubspot: Provider = {
  id: 'hubspot',
  name: 'HubSpot',
  docs: 'https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation',
  detect: [
    { header: 'X-HubSpot-Signature-v3' },
    { header: 'X-HubSpot-Signature' },
    { header: 'User-Agent', prefix: 'HubSpot Connect' },
  ],
  schemes: [
    {
      name: 'v3',
      algorithm: 'hmac-sha256',
      encoding: 'base64',
      signature: 'header:X-HubSpot-Signature-v3',
      timestamp: { from: 'header:X-HubSpot-Request-Timestamp', unit: 'ms', toleranceS: 300 },
      content: '{method}{hubspot-url}{body}{t}',
    },
    {
      name: 'v2',
      algorithm: 'sha256',
      encoding: 'hex',
      signature: 'header:X-HubSpot-Signature',
      when: { 'header:X-HubSpot-Signature-Version': 'v2' },
      content: '{secret}{method}{url}{body}',
    },
    {
      name: 'v1',
      algorithm: 'sha256',
      encoding: 'hex',
      signature: 'header:X-HubSpot-Signature',
      when: { 'header:X-HubSpot-Signature-Version': 'v1' },
      content: '{secret}{body}',
    },
    {
      name: 'v1-unversioned',
      algorithm: 'sha256',
      encoding: 'hex',
      signature: 'header:X-HubSpot-Signature',
      when: { 'header:X-HubSpot-Signature-Version': null },
      content: '{secret}{body}',
    },
  ],
  event: ['json:0.subscriptionType'],
  delivery: ['json:0.eventId'],
  respond: { codes: '2xx', deadlineMs: 5000 },
  retry: {
    delaysS: [60, 300, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 21_600],
    note: 'up to 10 times within 24 hours; not after a 4xx other than 429',
  },
  send: {
    userAgent: 'HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebHooks',
    contentType: 'application/json',
  },
  secret: {
    env: 'HUBSPOT_CLIENT_SECRET',
    make: { kind: 'uuid' },
    hint: "Client secret on the app's Auth page",
  },
  quirks: [
    'v3 signs method, public URL, body and time; a few escapes of the URL are undone first.',
    'Events come in an array; the first one names the request here.',
  ],
  laxer: [
    {
      sdk: '@hubspot/api-client',
      accepts: 'future-timestamp',
      note: 'it only refuses timestamps older than five minutes',
    },
  ],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
