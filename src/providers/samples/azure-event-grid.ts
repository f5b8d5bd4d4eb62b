import type { Sample, Template } from './types.ts'

const GROUP = '/subscriptions/{uuid@subscription}/resourceGroups/harbour-lane/providers'

interface GridEvent {
  readonly event: string
  readonly summary: string
  readonly topic: string
  readonly subject: string
  readonly data: Template
}

/** https://learn.microsoft.com/en-us/azure/event-grid/event-schema */
function gridEvent({ event, summary, topic, subject, data }: GridEvent): Sample {
  return {
    event,
    summary,
    body: {
      json: [
        {
          topic,
          subject,
          eventType: event,
          id: '{uuid}',
          data,
          dataVersion: '',
          metadataVersion: '1',
          eventTime: '{now:iso}',
        },
      ],
    },
  }
}

export const samples: readonly Sample[] = [
  gridEvent({
    event: 'Microsoft.Storage.BlobCreated',
    summary: 'A file was put into a container',
    topic: `${GROUP}/Microsoft.Storage/storageAccounts/harbourlane`,
    subject: '/blobServices/default/containers/photos/blobs/mug-blue.jpg',
    data: {
      api: 'PutBlob',
      clientRequestId: '{uuid}',
      requestId: '{uuid}',
      eTag: '0x{hex:15}',
      contentType: 'image/jpeg',
      contentLength: 524_288,
      blobType: 'BlockBlob',
      accessTier: 'Default',
      url: 'https://harbourlane.blob.core.windows.net/photos/mug-blue.jpg',
      sequencer: '{hex:48}',
      storageDiagnostics: { batchId: '{uuid}' },
    },
  }),
  gridEvent({
    event: 'Microsoft.ContainerRegistry.ImagePushed',
    summary: 'An image was pushed: the time to deploy',
    topic: `${GROUP}/Microsoft.ContainerRegistry/registries/harbourlane`,
    subject: 'storefront:v1.4.0',
    data: {
      id: '{uuid}',
      timestamp: '{now:iso}',
      action: 'push',
      target: {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        size: 3023,
        digest: 'sha256:{hex:64}',
        length: 3023,
        repository: 'storefront',
        tag: 'v1.4.0',
      },
      request: { id: '{uuid}', host: 'harbourlane.azurecr.io', method: 'PUT', useragent: 'docker/27.1.1' },
    },
  }),
]
