import type { Provider } from '../types.ts'

export const github: Provider = {
  id: 'github',
  name: 'GitHub',
  docs: 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries',
  detect: [
    { header: 'X-GitHub-Event' },
    { header: 'X-GitHub-Delivery' },
    { header: 'User-Agent', prefix: 'GitHub-Hookshot/' },
    { header: 'X-Hub-Signature-256', shared: true },
    { header: 'X-Hub-Signature', prefix: 'sha1=', shared: true },
  ],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Hub-Signature-256',
      format: 'sha256={sig}',
      content: '{body}',
    },
    {
      name: 'sha1',
      algorithm: 'hmac-sha1',
      encoding: 'hex',
      signature: 'header:X-Hub-Signature',
      format: 'sha1={sig}',
      content: '{body}',
      companion: true,
    },
  ],
  event: ['header:X-GitHub-Event'],
  delivery: ['header:X-GitHub-Delivery'],
  respond: { codes: '2xx', deadlineMs: 10_000, note: 'GitHub Enterprise Server waits 30 s' },
  retry: { delaysS: [], note: 'never on its own; a redelivery by hand keeps X-GitHub-Delivery' },
  send: {
    userAgent: 'GitHub-Hookshot/{hex:7}',
    contentType: 'application/json',
    headers: {
      Accept: '*/*',
      'X-GitHub-Delivery': '{uuid}',
      'X-GitHub-Event': '{event}',
      'X-GitHub-Hook-ID': '{int:9}',
      'X-GitHub-Hook-Installation-Target-ID': '{int:8}',
      'X-GitHub-Hook-Installation-Target-Type': 'repository',
    },
  },
  secret: {
    env: 'GITHUB_WEBHOOK_SECRET',
    make: { kind: 'hex', bytes: 32 },
    hint: "the text typed into the webhook's Secret field",
  },
  quirks: [
    'Both a SHA-256 and an old SHA-1 signature are sent; the SHA-1 one is looked at only where it is alone.',
    'With content type form, the signature covers the form-encoded body.',
    'A ping event comes when the webhook is made.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}
