import type { Sample, Template } from './types.ts'

const TOPIC = 'arn:aws:sns:eu-west-2:123456789012:orders'
const HOST = 'https://sns.eu-west-2.amazonaws.com'

interface Notice {
  readonly event: string
  readonly type: string
  readonly summary: string
  readonly fields: Readonly<Record<string, Template>>
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function snsMessage({ event, type, summary, fields }: Notice): Sample {
  return {
    event,
    wire: type,
    summary,
    headers: {
      'x-amz-sns-message-type': type,
      'x-amz-sns-message-id': '{uuid@message}',
      'x-amz-sns-topic-arn': TOPIC,
    },
    body: {
      style: 'pretty',
      json: {
        Type: type,
        MessageId: '{uuid@message}',
        TopicArn: TOPIC,
        ...fields,
        Timestamp: '{now:iso}',
        SignatureVersion: '1',
        Signature: '',
        SigningCertURL: `${HOST}/SimpleNotificationService-{hex:32}.pem`,
      },
    },
  }
}

const UNSUBSCRIBE: Template = `${HOST}/?Action=Unsubscribe&SubscriptionArn=${TOPIC}:{uuid@subscription}`

/** An alarm is JSON in a string. */
const ALARM = JSON.stringify({
  AlarmName: 'checkout-errors',
  AlarmDescription: 'The checkout fails too often',
  AWSAccountId: '123456789012',
  NewStateValue: 'ALARM',
  OldStateValue: 'OK',
  NewStateReason: '12 errors in 5 minutes, more than the 10 that are allowed',
  StateChangeTime: '{now:iso}',
  Region: 'EU (London)',
  Trigger: {
    MetricName: '5XXError',
    Namespace: 'AWS/ApiGateway',
    Statistic: 'SUM',
    Period: 300,
    Threshold: 10,
  },
})

export const samples: readonly Sample[] = [
  snsMessage({
    event: 'notification',
    type: 'Notification',
    summary: 'A message was published',
    fields: {
      Subject: 'Order HL-{int:5@order}',
      Message: 'Two blue enamel mugs',
      UnsubscribeURL: UNSUBSCRIBE,
    },
  }),
  snsMessage({
    event: 'alarm',
    type: 'Notification',
    summary: 'A CloudWatch alarm went off',
    fields: {
      Subject: 'ALARM: "checkout-errors" in EU (London)',
      Message: ALARM,
      UnsubscribeURL: UNSUBSCRIBE,
    },
  }),
  snsMessage({
    event: 'subscription_confirmation',
    type: 'SubscriptionConfirmation',
    summary: 'AWS asks you to confirm a subscription',
    fields: {
      Token: '{hex:256@token}',
      Message: `Visit the SubscribeURL to confirm the subscription to ${TOPIC}.`,
      SubscribeURL: `${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token={hex:256@token}`,
    },
  }),
]
