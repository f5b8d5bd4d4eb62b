import type { Provider } from '../types.ts'

export const twitch: Provider = {
  id: 'twitch',
  name: 'Twitch EventSub',
  docs: 'https://dev.twitch.tv/docs/eventsub/handling-webhook-events/',
  detect: [{ header: 'Twitch-Eventsub-Message-Type' }, { header: 'Twitch-Eventsub-Message-Signature' }],
  schemes: [
    {
      name: 'sha256',
      algorithm: 'hmac-sha256',
      encoding: 'hex',
      signature: 'header:Twitch-Eventsub-Message-Signature',
      format: 'sha256={sig}',
      id: 'header:Twitch-Eventsub-Message-Id',
      timestamp: { from: 'header:Twitch-Eventsub-Message-Timestamp', unit: 'iso', toleranceS: 600 },
      content: '{id}{t}{body}',
    },
  ],
  event: ['header:Twitch-Eventsub-Subscription-Type'],
  delivery: ['header:Twitch-Eventsub-Message-Id'],
  handshakes: [
    {
      name: 'webhook_callback_verification',
      when: {
        method: 'POST',
        where: {
          'header:Twitch-Eventsub-Message-Type': 'webhook_callback_verification',
          'json:challenge': true,
        },
      },
      signed: 'valid',
      refusal: 403,
      reply: { status: 200, text: '{json:challenge}' },
      play: {
        method: 'POST',
        headers: {
          'Twitch-Eventsub-Message-Id': '{uuid}',
          'Twitch-Eventsub-Message-Type': 'webhook_callback_verification',
          'Twitch-Eventsub-Subscription-Type': 'channel.follow',
          'Twitch-Eventsub-Subscription-Version': '2',
        },
        json: '{"challenge":"{challenge}","subscription":{"id":"{uuid}","status":"webhook_callback_verification_pending","type":"channel.follow","version":"2"}}',
        signed: true,
        status: '2xx',
        body: 'same',
        deadlineMs: 10_000,
      },
    },
  ],
  respond: { codes: '2xx', deadlineMs: 3000, note: 'within a few seconds' },
  retry: { delaysS: [10, 60, 300, 600], note: 'with Twitch-Eventsub-Message-Retry' },
  send: {
    contentType: 'application/json',
    headers: {
      'Twitch-Eventsub-Message-Id': '{uuid}',
      'Twitch-Eventsub-Message-Retry': '0',
      'Twitch-Eventsub-Message-Type': 'notification',
      'Twitch-Eventsub-Subscription-Type': '{event}',
      'Twitch-Eventsub-Subscription-Version': '1',
    },
  },
  secret: {
    env: 'TWITCH_EVENTSUB_SECRET',
    make: { kind: 'alphanumeric', length: 32 },
    hint: 'transport.secret of the subscription, 10 to 100 ASCII characters that you choose',
  },
  quirks: ['Revocations come as Twitch-Eventsub-Message-Type: revocation.'],
  confidence: { signature: 'verified', events: 'verified', delivery: 'secondary' },
}
