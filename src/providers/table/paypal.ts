import type { Provider } from '../types.ts'

export const paypal: Provider = {
  id: 'paypal',
  name: 'PayPal',
  docs: 'https://developer.paypal.com/api/rest/webhooks/rest/',
  detect: [{ header: 'PAYPAL-TRANSMISSION-SIG' }, { header: 'PAYPAL-TRANSMISSION-ID' }],
  schemes: [
    {
      name: 'rsa',
      algorithm: 'rsa-sha256',
      encoding: 'base64',
      signature: 'header:PAYPAL-TRANSMISSION-SIG',
      when: { 'header:PAYPAL-AUTH-ALGO': 'SHA256withRSA' },
      key: { form: 'certificate' },
      id: 'header:PAYPAL-TRANSMISSION-ID',
      timestamp: { from: 'header:PAYPAL-TRANSMISSION-TIME', unit: 'iso' },
      content: '{id}|{t}|{option:webhookId}|{crc32}',
      certificate: {
        url: 'header:PAYPAL-CERT-URL',
        allowed: /^https:\/\/(?:[a-z0-9-]+\.){1,2}paypal\.com\/\S+$/,
      },
    },
  ],
  event: ['json:event_type'],
  delivery: ['json:id'],
  respond: { codes: '2xx' },
  retry: {
    delaysS: [60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400],
    note: 'up to 25 times within 3 days',
  },
  send: {
    userAgent: 'PayPal/AUHR-214.0',
    contentType: 'application/json',
    headers: {
      'PAYPAL-TRANSMISSION-ID': '{uuid}',
      'PAYPAL-AUTH-VERSION': 'v2',
      'PAYPAL-AUTH-ALGO': 'SHA256withRSA',
      'PAYPAL-CERT-URL': 'https://api.paypal.com/v1/notifications/certs/CERT-example',
    },
  },
  secret: {
    env: 'PAYPAL_WEBHOOK_CERT',
    make: { kind: 'rsa-pem' },
    hint: 'the PEM certificate from PAYPAL-CERT-URL (--option cert=@file); it is never fetched',
  },
  options: [
    { name: 'webhookId', about: "the webhook's id, which is part of what is signed" },
    { name: 'cert', about: 'the PEM certificate, as a file: cert=@paypal.pem' },
  ],
  quirks: [
    'The body enters the signature only as its CRC-32.',
    'Events from the simulator are signed with the webhook id WEBHOOK_ID.',
    'The certificate you give is taken as it is: its chain and dates are not checked.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
