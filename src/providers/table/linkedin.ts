import type { Provider } from '../types.ts'

export const linkedin: Provider = {
  id: 'linkedin',
  name: 'LinkedIn',
  docs: 'https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation',
  detect: [{ header: 'X-LI-Signature' }, { where: { 'query:challengeCode': true } }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-LI-Signature',
      content: 'hmacsha256={body}',
    },
  ],
  event: ['json:type'],
  delivery: ['json:notificationId'],
  handshakes: [
    {
      name: 'challengeCode',
      when: { method: 'GET', where: { 'query:challengeCode': true } },
      reply: {
        status: 200,
        json: {
          challengeCode: '{query:challengeCode}',
          challengeResponse: '{hmac-sha256-hex:query:challengeCode}',
        },
      },
      play: {
        method: 'GET',
        query: { challengeCode: '{uuid}', applicationId: '{int:8}' },
        status: '200',
        body: 'same',
        deadlineMs: 3000,
      },
    },
  ],
  respond: { codes: '2xx' },
  retry: { delaysS: [300, 900, 3600, 14_400, 28_800], note: 'for 24 hours' },
  send: { contentType: 'application/json' },
  secret: {
    env: 'LINKEDIN_CLIENT_SECRET',
    make: { kind: 'alphanumeric', length: 16 },
    hint: 'the client secret of the app',
  },
  quirks: [
    'What is signed begins with the text hmacsha256= before the body.',
    'The challenge is repeated every two hours.',
  ],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
