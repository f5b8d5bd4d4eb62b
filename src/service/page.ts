import type { Route } from './routes.ts'

/** Nothing is loaded and nothing runs: the page is text and its own style. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Of a whole, in what order to try it: what people read first, and what they can type. */
interface Chapter {
  readonly title: string
  readonly steps: readonly (readonly [what: string, ...commands: string[]])[]
}

function chaptersOf(origin: string, hasToken: boolean): readonly Chapter[] {
  const curl = (rest: string): string => `curl${hasToken ? " -H 'Authorization: Bearer …'" : ''} ${rest}`
  return [
    {
      title: 'Ask for it',
      steps: [
        [
          'Make a user, then ask again and again what is new. The answer to ?since= holds the next cursor.',
          curl(`${origin}users --json '{"name":"Ada","email":"ada@example.com"}'`),
          curl(`'${origin}users?since=0'`),
          curl(`'${origin}events?since=0'`),
        ],
        ['Long poll: answers when there is news, or after 30 s.', curl(`'${origin}events?wait=30s'`)],
      ],
    },
    {
      title: 'Be told',
      steps: [
        [
          'A webhook, signed by Standard Webhooks; the answer holds its secret.',
          curl(`${origin}webhooks --json '{"url":"http://127.0.0.1:8484/","events":["order.*"]}'`),
        ],
        ['Server-Sent Events.', curl(`-N ${origin}events/stream`)],
        [`WebSocket: connect to ${origin.replace('http', 'ws')}events/ws, then send {"type":"subscribe"}.`],
      ],
    },
  ]
}

const WHAT = 'A sample service: users, orders and payments, and every way to be told what happens to them.'

/** The service on one page, for people with a browser. */
export function pageOf(routes: readonly Route[], origin: string, hasToken: boolean): string {
  const chapter = ({ title, steps }: Chapter): string =>
    [
      `<h2>${title}</h2>`,
      ...steps.flatMap(([what, ...commands]) => [
        `<p>${escape(what)}</p>`,
        ...commands.map((command) => `<pre><code>${escape(command)}</code></pre>`),
      ]),
    ].join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>webhook-cli serve</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>webhook-cli serve</h1>
<p>${WHAT}
${hasToken ? 'Requests need the token, as <code>Authorization: Bearer</code> or <code>X-API-Key</code>. ' : ''}
All operations and their bodies: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>

${chaptersOf(origin, hasToken).map(chapter).join('\n\n')}

<h2>Operations</h2>
<table>
<thead><tr><th>Method</th><th>Path</th><th>What it does</th></tr></thead>
<tbody>
${routes.map(rowOf).join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`
}

/** The same for whoever asks with curl. */
export function textOf(routes: readonly Route[], origin: string, hasToken: boolean): string {
  const chapter = ({ title, steps }: Chapter): string =>
    [
      title,
      ...steps.flatMap(([what, ...commands]) => [
        `  ${what}`,
        ...commands.map((command) => `    ${command}`),
      ]),
    ].join('\n')
  const width = Math.max(...routes.map(({ path }) => path.length))
  const rows = routes.map(
    ({ method, path, summary }) => `  ${method.toUpperCase().padEnd(6)}  ${path.padEnd(width)}  ${summary}`,
  )
  const parts = [
    WHAT,
    ...chaptersOf(origin, hasToken).map(chapter),
    ['Operations; their bodies are in /openapi.json', ...rows].join('\n'),
  ]
  return `${parts.join('\n\n')}\n`
}

function rowOf({ method, path, summary }: Route): string {
  return `<tr><td>${method.toUpperCase()}</td><td><code>${escape(path)}</code></td><td>${escape(summary)}</td></tr>`
}

const STYLE = `
:root{--text:#1c2024;--dim:#5c6570;--line:#d5dae0;--box:#f4f6f8;--link:#0b5cad;--page:#fff}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ec;--dim:#a3acb6;--line:#39414a;--box:#1d2228;--link:#7ab8f5;--page:#14171a}}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.6rem;margin:0 0 .5rem}
h2{font-size:1.15rem;margin:2.25rem 0 .25rem}
p{margin:.5rem 0}
a{color:var(--link)}
code{font:.875em/1.5 ui-monospace,monospace}
pre{margin:.5rem 0;padding:.6rem .8rem;background:var(--box);border:1px solid var(--line);border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin-top:.75rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line)}
th,td:first-child{color:var(--dim);font-size:.85rem}
td code{overflow-wrap:anywhere}
@media (max-width:44rem){thead{display:none}tr{display:block;padding:.5rem 0;border-bottom:1px solid var(--line)}td{display:inline;border:0}td:last-child{display:block}}
`

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
