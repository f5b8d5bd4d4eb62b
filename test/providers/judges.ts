import { LinearWebhookClient } from '@linear/sdk/webhooks'
import { sign as octokitSign, verify as octokitVerify } from '@octokit/webhooks-methods'
import { encodeSignatureHeader, isValidSignature } from '@sanity/webhook'
import { verifyKey } from 'discord-interactions'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import twilioSdk from 'twilio'
import { headerValue } from '../../src/core/headers.ts'
import type { FreshSecret } from '../../src/providers/engine/secrets.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import {
  braintree,
  EventWebhook,
  Paddle,
  signWebhookPayload,
  stripe,
  verifySlackRequest,
  verifyWebhookSignature,
  WebhooksHelper,
} from './sdks.ts'

/** An official SDK that says whether a request is its provider's. */
export interface Judge {
  readonly sdk: string
  readonly provider: string
  readonly options?: Readonly<Record<string, string>>
  /** What a request of this provider is before it is signed. */
  readonly draft: Pick<Draft, 'url' | 'headers' | 'body'>
  /** The same with something else in it. */
  readonly tampered: (signed: Draft) => Draft
  readonly accepts: (request: Draft, key: FreshSecret) => unknown
  /** Headers (or, with a body of its own, the whole) that the SDK itself makes. */
  readonly signs?: (draft: Draft, key: FreshSecret, now: number) => Promise<Partial<Draft>> | Partial<Draft>
}

const JSON_BODY = Buffer.from('{"id":"evt_1","type":"order.created","note":"Zoë $& $$ \u2028 😀"}')

function json(url = 'https://example.test/hook?a=1'): Judge['draft'] {
  return { url, headers: [['Content-Type', 'application/json']], body: JSON_BODY }
}

function changeBody(signed: Draft): Draft {
  return { ...signed, body: Buffer.from(text(signed).replace('order.created', 'order.deleted')) }
}

function text({ body }: Draft): string {
  return Buffer.from(body).toString('utf8')
}

function header(request: Draft, name: string): string {
  return headerValue(request.headers, name) ?? ''
}

function lowerCased(request: Draft): Record<string, string> {
  return Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]))
}

/** Whether a check that speaks by exception lets something pass. */
function passes(check: () => unknown): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}

function formOf(request: Draft): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text(request)))
}

function gatewayOf(key: FreshSecret): InstanceType<typeof braintree.BraintreeGateway> {
  return new braintree.BraintreeGateway({
    environment: braintree.Environment.Sandbox,
    merchantId: 'm',
    publicKey: 'pk',
    privateKey: key.secret,
  })
}

export const JUDGES: readonly Judge[] = [
  {
    sdk: 'stripe',
    provider: 'stripe',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      passes(() =>
        stripe.webhooks.constructEvent(
          Buffer.from(request.body),
          header(request, 'Stripe-Signature'),
          secret,
        ),
      ),
    signs: (draft, { secret }, now) => ({
      headers: [
        [
          'Stripe-Signature',
          stripe.webhooks.generateTestHeaderString({
            payload: text(draft),
            secret,
            timestamp: Math.floor(now / 1000),
          }),
        ],
      ],
    }),
  },
  {
    sdk: '@octokit/webhooks-methods',
    provider: 'github',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      octokitVerify(secret, text(request), header(request, 'X-Hub-Signature-256')),
    signs: async (draft, { secret }) => ({
      headers: [['X-Hub-Signature-256', await octokitSign(secret, text(draft))]],
    }),
  },
  {
    sdk: 'standardwebhooks',
    provider: 'standard-webhooks',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      passes(() => new StandardWebhook(secret).verify(text(request), lowerCased(request))),
    signs: (draft, { secret }, now) => ({
      headers: [
        ['webhook-id', 'msg_1'],
        ['webhook-timestamp', String(Math.floor(now / 1000))],
        ['webhook-signature', new StandardWebhook(secret).sign('msg_1', new Date(now), text(draft))],
      ],
    }),
  },
  {
    sdk: 'svix',
    provider: 'svix',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      passes(() => new SvixWebhook(secret).verify(text(request), lowerCased(request))),
    signs: (draft, { secret }, now) => ({
      headers: [
        ['svix-id', 'msg_1'],
        ['svix-timestamp', String(Math.floor(now / 1000))],
        ['svix-signature', new SvixWebhook(secret).sign('msg_1', new Date(now), text(draft))],
      ],
    }),
  },
  {
    sdk: 'twilio (form)',
    provider: 'twilio',
    draft: {
      url: 'https://example.test/sms?x=1',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: Buffer.from('Body=order.created+%24%26+Zo%C3%AB&To=%2B1555&From=%2B1444'),
    },
    tampered: changeBody,
    accepts: (request, { secret }) =>
      twilioSdk.validateRequest(secret, header(request, 'X-Twilio-Signature'), request.url, formOf(request)),
    signs: (draft, { secret }) => ({
      headers: [
        ...draft.headers,
        ['X-Twilio-Signature', twilioSdk.getExpectedTwilioSignature(secret, draft.url, formOf(draft))],
      ],
    }),
  },
  {
    sdk: 'twilio (JSON)',
    provider: 'twilio',
    draft: json('https://example.test/events'),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      twilioSdk.validateRequestWithBody(
        secret,
        header(request, 'X-Twilio-Signature'),
        request.url,
        text(request),
      ),
  },
  {
    sdk: '@slack/bolt',
    provider: 'slack',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      passes(() =>
        verifySlackRequest({ signingSecret: secret, body: text(request), headers: lowerCased(request) }),
      ),
  },
  {
    sdk: 'square',
    provider: 'square',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      WebhooksHelper.verifySignature({
        requestBody: text(request),
        signatureHeader: header(request, 'x-square-hmacsha256-signature'),
        signatureKey: secret,
        notificationUrl: request.url,
      }),
  },
  {
    sdk: '@sendgrid/eventwebhook',
    provider: 'sendgrid',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) => {
      const webhook = new EventWebhook()
      return webhook.verifySignature(
        webhook.convertPublicKeyToECDSA(secret),
        Buffer.from(request.body),
        header(request, 'X-Twilio-Email-Event-Webhook-Signature'),
        header(request, 'X-Twilio-Email-Event-Webhook-Timestamp'),
      )
    },
  },
  {
    sdk: '@paddle/paddle-node-sdk',
    provider: 'paddle',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      new Paddle('key').webhooks.isSignatureValid(text(request), secret, header(request, 'Paddle-Signature')),
  },
  {
    sdk: 'discord-interactions',
    provider: 'discord',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      verifyKey(
        Buffer.from(request.body),
        header(request, 'X-Signature-Ed25519'),
        header(request, 'X-Signature-Timestamp'),
        secret,
      ),
  },
  {
    sdk: '@linear/sdk',
    provider: 'linear',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      passes(() =>
        new LinearWebhookClient(secret).verify(
          Buffer.from(request.body),
          header(request, 'Linear-Signature'),
        ),
      ),
  },
  {
    sdk: '@notionhq/client',
    provider: 'notion',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      verifyWebhookSignature({
        body: text(request),
        signature: header(request, 'X-Notion-Signature'),
        verificationToken: secret,
      }),
    signs: async (draft, { secret }) => ({
      headers: [
        [
          'X-Notion-Signature',
          String(await signWebhookPayload({ body: text(draft), verificationToken: secret })),
        ],
      ],
    }),
  },
  {
    sdk: '@sanity/webhook',
    provider: 'sanity',
    draft: json(),
    tampered: changeBody,
    accepts: (request, { secret }) =>
      isValidSignature(text(request), header(request, 'sanity-webhook-signature'), secret),
    signs: async (draft, { secret }, now) => ({
      headers: [['sanity-webhook-signature', await encodeSignatureHeader(text(draft), now, secret)]],
    }),
  },
  {
    sdk: 'braintree',
    provider: 'braintree',
    options: { publicKey: 'pk' },
    draft: {
      url: 'https://example.test/bt',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: Buffer.from(
        new URLSearchParams({
          bt_payload: `${Buffer.from('<notification><kind>check</kind><subject><check>true</check></subject></notification>').toString('base64')}\n`,
        }).toString(),
      ),
    },
    tampered: (signed) => ({ ...signed, body: Buffer.from(text(signed).replace('PG5', 'PG4')) }),
    accepts: (request, key) => {
      const { bt_signature: signature = '', bt_payload: payload = '' } = formOf(request)
      return gatewayOf(key)
        .webhookNotification.parse(signature, payload)
        .then(
          () => true,
          () => false,
        )
    },
    signs: async (_draft, key) => {
      const sample = await gatewayOf(key).webhookTesting.sampleNotification('subscription_canceled', 'id1')
      return { body: Buffer.from(new URLSearchParams(sample).toString()) }
    },
  },
]
