import type { Provider } from '../types.ts'

export const notion: Provider = {
  id: 'notion',
  name: 'Notion',
  docs: 'https://developers.notion.com/reference/webhooks',
  detect: [
    { header: 'X-Notion-Signature' },
    { where: { 'json:verification_token': true, 'json:type': null, 'json:challenge': null } },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Notion-Signature',
      format: 'sha256={sig}',
      content: '{body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:id'],
  handshakes: [
    {
      name: 'verification_token',
      when: {
        method: 'POST',
        where: { 'json:verification_token': true, 'json:type': null, 'header:X-Notion-Signature': null },
      },
      reply: { status: 200 },
      capture: 'json:verification_token',
      play: { method: 'POST', json: '{"verification_token":"{secret}"}', status: '2xx', body: 'any' },
    },
  ],
  respond: { codes: '2xx' },
  retry: { delaysS: [60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400], note: 'up to 8 times' },
  send: { userAgent: 'notion-api', contentType: 'application/json' },
  secret: {
    env: 'NOTION_VERIFICATION_TOKEN',
    make: { kind: 'alphanumeric', length: 43, prefix: 'secret_' },
    hint: 'the verification_token that Notion posts once when the subscription is made',
  },
  quirks: [
    'The first request is unsigned and carries the key for all others: paste its token into the dashboard.',
  ],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
