import type { Sample } from './types.ts'

/** A list of events: https://tailscale.com/kb/1213/webhooks */
function tailnetEvent(event: string, summary: string, message: string, actor: string): Sample {
  return {
    event,
    summary,
    body: {
      json: [
        {
          timestamp: '{now:iso}',
          version: 1,
          type: event,
          tailnet: 'example.com',
          message,
          data: {
            nodeID: 'n{id:12}CNTRL',
            deviceName: 'workshop.tail{hex:5}.ts.net',
            managedBy: 'mina.okafor@example.com',
            actor,
            url: 'https://login.tailscale.com/admin/machines/100.64.0.7',
          },
        },
      ],
    },
  }
}

export const samples: readonly Sample[] = [
  tailnetEvent('nodeCreated', 'A machine joined the network', 'A machine joined', 'mina.okafor@example.com'),
  tailnetEvent(
    'nodeNeedsApproval',
    'A machine waits to be let in',
    'A machine waits',
    'jonas.brandt@example.com',
  ),
  tailnetEvent('nodeDeleted', 'A machine was removed', 'A machine was removed', 'mina.okafor@example.com'),
]
