import { createRequire } from 'node:module'
import { Stripe } from 'stripe'

// CommonJS, and some without types.
const require = createRequire(import.meta.url)

export const {
  verifySlackRequest,
}: { verifySlackRequest: (this: void, options: object) => void } = require('@slack/bolt')
export const {
  WebhooksHelper,
}: { WebhooksHelper: { verifySignature(options: object): Promise<boolean> } } = require('square')
export const {
  Paddle,
}: {
  Paddle: new (key: string) => {
    webhooks: { isSignatureValid(body: string, secret: string, signature: string): Promise<boolean> }
  }
} = require('@paddle/paddle-node-sdk')
export const {
  verifyWebhookSignature,
  signWebhookPayload,
}: Record<
  'verifyWebhookSignature' | 'signWebhookPayload',
  (options: object) => Promise<unknown>
> = require('@notionhq/client')
export const {
  EventWebhook,
}: {
  EventWebhook: new () => {
    convertPublicKeyToECDSA(key: string): unknown
    verifySignature(key: unknown, payload: Buffer, signature: string, timestamp: string): boolean
  }
} = require('@sendgrid/eventwebhook')
export const braintree: {
  Environment: { Sandbox: unknown }
  BraintreeGateway: new (config: object) => {
    webhookNotification: { parse(signature: string, payload: string): Promise<unknown> }
    webhookTesting: {
      sampleNotification(kind: string, id: string): Promise<Record<'bt_signature' | 'bt_payload', string>>
    }
  }
} = require('braintree')

export const stripe = new Stripe('sk_test_x')
