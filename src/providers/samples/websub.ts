import type { Sample } from './types.ts'

/** The new content of a topic, as its feed has it: https://www.w3.org/TR/websub/#content-distribution */
export const samples: readonly Sample[] = [
  {
    event: 'feed',
    wire: null,
    summary: 'A feed has a new entry',
    body: {
      text: `<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>https://example.com/feed</id>
  <title>Harbour Lane</title>
  <updated>{now:utc}</updated>
  <link rel="hub" href="https://hub.example.com/"/>
  <link rel="self" href="https://example.com/feed"/>
  <entry>
    <id>urn:uuid:{uuid}</id>
    <title>How enamel is made</title>
    <updated>{now:utc}</updated>
    <author><name>Mina Okafor</name></author>
    <content>Glass, ground fine and fired on steel.</content>
  </entry>
</feed>
`,
    },
  },
]
