import type { Sample, Template } from './types.ts'

/** https://vercel.com/docs/webhooks/webhooks-api */
function deploymentEvent(event: string, summary: string, more: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: {
      json: {
        id: '{id:24}',
        type: event,
        createdAt: '{#now:ms}',
        region: 'lhr1',
        payload: {
          user: { id: '{id:24}' },
          team: { id: 'team_{id:24}' },
          project: { id: 'prj_{id:24@project}' },
          deployment: {
            id: 'dpl_{id:24@deployment}',
            name: 'storefront',
            url: 'storefront-{lower:9}.vercel.app',
            inspectorUrl: 'https://vercel.com/harbour-lane/storefront/{id:24@deployment}',
            meta: {
              githubCommitSha: '{hex:40}',
              githubCommitRef: 'main',
              githubCommitMessage: 'Show the stock of each mug',
              githubCommitAuthorLogin: 'mina-okafor',
              githubOrg: 'harbour-lane',
              githubRepo: 'storefront',
            },
          },
          links: {
            deployment: 'https://vercel.com/harbour-lane/storefront/{id:24@deployment}',
            project: 'https://vercel.com/harbour-lane/storefront',
          },
          target: 'production',
          plan: 'pro',
          regions: ['lhr1'],
          ...more,
        },
      },
    },
  }
}

export const samples: readonly Sample[] = [
  deploymentEvent('deployment.created', 'A push triggered a deployment', { alias: [], type: 'LAMBDAS' }),
  deploymentEvent('deployment.succeeded', 'A deployment is live', {}),
  deploymentEvent('deployment.error', 'A deployment failed', {}),
]
