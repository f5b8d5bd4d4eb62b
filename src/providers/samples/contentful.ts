import type { Sample, Template } from './types.ts'

function link(linkType: string, id: string): Template {
  return { sys: { type: 'Link', linkType, id } }
}

interface Change {
  readonly event: string
  readonly summary: string
  readonly type: string
  readonly fields: Readonly<Record<string, Template>>
}

/** https://www.contentful.com/developers/docs/webhooks/overview/ */
function contentfulEvent({ event, summary, type, fields }: Change): Sample {
  return {
    event,
    summary,
    body: {
      style: 'pretty',
      json: {
        metadata: { tags: [], concepts: [] },
        sys: {
          type,
          id: '{id:22@entity}',
          space: link('Space', '{lower:12@space}'),
          environment: link('Environment', 'master'),
          createdBy: link('User', '{id:22@user}'),
          updatedBy: link('User', '{id:22@user}'),
          revision: 3,
          createdAt: '{now:iso-9d}',
          updatedAt: '{now:iso}',
        },
        ...fields,
      },
    },
  }
}

export const samples: readonly Sample[] = [
  contentfulEvent({
    event: 'ContentManagement.Entry.publish',
    summary: 'An entry was published: the time to build the site',
    type: 'Entry',
    fields: {
      fields: {
        title: { 'en-GB': 'How enamel is made' },
        slug: { 'en-GB': 'how-enamel-is-made' },
        body: { 'en-GB': 'Glass, ground fine and fired on steel.' },
      },
    },
  }),
  contentfulEvent({
    event: 'ContentManagement.Asset.publish',
    summary: 'A file was published',
    type: 'Asset',
    fields: {
      fields: {
        title: { 'en-GB': 'A blue mug' },
        file: {
          'en-GB': {
            fileName: 'mug-blue.jpg',
            contentType: 'image/jpeg',
            url: '//images.example.com/mug-blue.jpg',
            details: { size: 524_288, image: { width: 1200, height: 1200 } },
          },
        },
      },
    },
  }),
  contentfulEvent({
    event: 'ContentManagement.Entry.unpublish',
    summary: 'An entry was taken off the site',
    type: 'DeletedEntry',
    fields: {},
  }),
]
