import type { Provider } from '../types.ts'

export const slack: Provider = {
  id: 'slack',
  name: 'Slack',
  docs: 'https://docs.slack.dev/authentication/verifying-requests-from-slack',
  detect: [
    { header: 'X-Slack-Signature' },
    { header: 'X-Slack-Request-Timestamp' },
    { header: 'User-Agent', prefix: 'Slackbot 1.0' },
    { where: { 'json:type': 'url_verification', 'json:challenge': true } },
  ],
  schemes: [
    {
      name: 'v0',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:X-Slack-Signature',
      format: 'v0={sig}',
      timestamp: { from: 'header:X-Slack-Request-Timestamp', unit: 's', toleranceS: 300 },
      content: 'v0:{t}:{body}',
    },
  ],
  event: ['json:event.type', 'json:type', 'form:command'],
  delivery: ['json:event_id'],
  handshakes: [
    {
      name: 'url_verification',
      when: { method: 'POST', where: { 'json:type': 'url_verification', 'json:challenge': true } },
      signed: 'not-invalid',
      reply: { status: 200, text: '{json:challenge}' },
      play: {
        method: 'POST',
        json: '{"token":"{challenge}","challenge":"{challenge}","type":"url_verification"}',
        signed: true,
        status: '200',
        body: 'challenge',
        deadlineMs: 3000,
      },
    },
  ],
  respond: { codes: '2xx', deadlineMs: 3000 },
  retry: {
    delaysS: [0, 60, 300],
    note: 'with X-Slack-Retry-Num and X-Slack-Retry-Reason; X-Slack-No-Retry: 1 in the answer stops them',
  },
  send: {
    userAgent: 'Slackbot 1.0 (+https://api.slack.com/robots)',
    contentType: 'application/json',
  },
  secret: {
    env: 'SLACK_SIGNING_SECRET',
    make: { kind: 'hex', bytes: 16 },
    hint: 'Signing Secret under Basic Information; not the older verification token',
  },
  quirks: ['Slash commands and interactivity are form bodies under the same signature.'],
  laxer: [
    {
      sdk: '@slack/bolt',
      accepts: 'future-timestamp',
      note: 'it only refuses requests older than five minutes; the documentation asks for either way',
    },
  ],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'secondary' },
}
