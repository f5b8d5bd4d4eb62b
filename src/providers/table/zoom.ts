import type { Provider } from '../types.ts'

export const zoom: Provider = {
  id: 'zoom',
  name: 'Zoom',
  docs: 'https://developers.zoom.us/docs/api/webhooks/',
  detect: [
    { header: 'x-zm-signature' },
    { header: 'x-zm-request-timestamp' },
    { where: { 'json:event': 'endpoint.url_validation', 'json:payload.plainToken': true } },
  ],
  schemes: [
    {
      name: 'v0',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:x-zm-signature',
      format: 'v0={sig}',
      timestamp: { from: 'header:x-zm-request-timestamp', unit: 's', toleranceS: 300 },
      content: 'v0:{t}:{body}',
    },
  ],
  event: ['json:event'],
  handshakes: [
    {
      name: 'endpoint.url_validation',
      when: {
        method: 'POST',
        where: { 'json:event': 'endpoint.url_validation', 'json:payload.plainToken': true },
      },
      // The answer is an HMAC of what was sent: answering anybody would sign for anybody.
      signed: 'valid',
      reply: {
        status: 200,
        json: {
          plainToken: '{json:payload.plainToken}',
          encryptedToken: '{hmac-sha256-hex:json:payload.plainToken}',
        },
      },
      play: {
        method: 'POST',
        json: '{"payload":{"plainToken":"{challenge}"},"event_ts":{now:ms},"event":"endpoint.url_validation"}',
        signed: true,
        status: '200',
        body: 'same',
        deadlineMs: 3000,
      },
    },
  ],
  respond: { codes: '200,204', deadlineMs: 3000 },
  retry: { delaysS: [300, 1200, 3600], note: 'three times' },
  send: { userAgent: 'Zoom Marketplace/1.0a', contentType: 'application/json; charset=utf-8' },
  secret: {
    env: 'ZOOM_WEBHOOK_SECRET_TOKEN',
    make: { kind: 'alphanumeric', length: 22 },
    hint: "Secret Token on the app's Feature page; not the Verification Token",
  },
  quirks: ['The endpoint is validated again every 72 hours.'],
  laxer: [
    { sdk: 'zoom/webhook-sample', accepts: 'any-timestamp', note: 'the official sample checks no time' },
  ],
  confidence: { signature: 'verified', events: 'secondary', delivery: 'recalled' },
}
