import type { Provider, Scheme } from '../types.ts'

const TOPIC_HOST = String.raw`^https:\/\/sns\.[a-z]{2,3}(?:-[a-z]+){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?\/`

export const awsSns: Provider = {
  id: 'aws-sns',
  name: 'Amazon SNS',
  aliases: ['sns'],
  docs: 'https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html',
  detect: [
    { header: 'x-amz-sns-message-type' },
    { header: 'x-amz-sns-topic-arn' },
    { header: 'User-Agent', prefix: 'Amazon Simple Notification Service Agent' },
    { where: { 'json:TopicArn': true, 'json:Type': true } },
  ],
  schemes: [snsScheme('2', 'rsa-sha256'), snsScheme('1', 'rsa-sha1')],
  event: ['header:x-amz-sns-message-type', 'json:Type'],
  delivery: ['header:x-amz-sns-message-id', 'json:MessageId'],
  handshakes: [
    {
      name: 'SubscriptionConfirmation',
      when: { method: 'POST', where: { 'json:Type': 'SubscriptionConfirmation', 'json:SubscribeURL': true } },
      signed: 'not-invalid',
      reply: { status: 200 },
      fetch: {
        url: 'json:SubscribeURL',
        allowed: new RegExp(`${TOPIC_HOST}\\?\\S*Action=ConfirmSubscription\\S*$`),
      },
      play: {
        method: 'POST',
        headers: {
          'x-amz-sns-message-type': 'SubscriptionConfirmation',
          'x-amz-sns-message-id': '{uuid@message}',
        },
        json: '{"Type":"SubscriptionConfirmation","MessageId":"{uuid@message}","Token":"{hex:64@token}","TopicArn":"arn:aws:sns:us-east-1:123456789012:example","Message":"You have chosen to subscribe to the topic.","SubscribeURL":"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token={hex:64@token}","Timestamp":"{now:iso}"}',
        signed: true,
        status: '2xx',
        body: 'any',
        deadlineMs: 15_000,
      },
    },
  ],
  respond: { codes: '2xx', deadlineMs: 15_000 },
  retry: { delaysS: [20, 20, 20], note: 'a policy of the topic; at most 3600 s in all' },
  send: {
    userAgent: 'Amazon Simple Notification Service Agent',
    contentType: 'text/plain; charset=UTF-8',
    headers: {
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': '{uuid@message}',
      'x-amz-sns-topic-arn': 'arn:aws:sns:us-east-1:123456789012:example',
    },
    json: {
      Type: 'Notification',
      MessageId: '{uuid@message}',
      TopicArn: 'arn:aws:sns:us-east-1:123456789012:example',
      Timestamp: '{now:iso}',
      SignatureVersion: '2',
      SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-{hex:32}.pem',
    },
  },
  secret: {
    env: 'AWS_SNS_CERT',
    make: { kind: 'rsa-pem' },
    hint: 'the PEM certificate from SigningCertURL (--option cert=@file); it is never fetched',
  },
  options: [{ name: 'cert', about: 'the PEM certificate, as a file: cert=@sns.pem' }],
  quirks: [
    'The content type says text/plain although the body is JSON.',
    'A subscription is confirmed by fetching SubscribeURL, which is done only when asked for.',
    'With raw message delivery there is no envelope, and nothing to verify.',
    'The certificate you give is taken as it is: its chain and dates are not checked.',
  ],
  confidence: { signature: 'verified', events: 'verified', delivery: 'verified' },
}

function snsScheme(version: string, algorithm: 'rsa-sha1' | 'rsa-sha256'): Scheme {
  return {
    name: `v${version}`,
    algorithm,
    encoding: 'base64',
    signature: 'json:Signature',
    when: { 'json:SignatureVersion': version },
    key: { form: 'certificate' },
    content: { canonical: 'sns' },
    certificate: { url: 'json:SigningCertURL', allowed: new RegExp(`${TOPIC_HOST}[\\w.-]+\\.pem$`) },
  }
}
