/** What `webhook-cli` alone says. Plain text, so that it costs no more than reading this file. */
export function mainHelp(version: string): string {
  return `webhook-cli ${version}   catch, inspect, verify and send webhooks on your own machine

Start here
  $ webhook-cli listen                  catch on http://localhost:8484/
  $ webhook-cli list                    what came in
  $ webhook-cli show last               the last one in full

Receive
  listen               open an endpoint; print and keep every request

Look back
  list, ls             captured requests, newest first
  show <ref>           one request in full: signature, headers, body
  clear                delete captured requests

Set up
  completion <shell>   tab completion for bash, zsh or fish
  help <topic>         a command, or: exit-codes, environment, paths

Options for every command
      --json           one JSON object per line
  -q, --quiet          only failures
      --store <file>   where captures are kept
      --config <file>  settings of this project
      --no-color       no colours (NO_COLOR works too)
      --debug          stack traces on stderr
  -h, --help           also: webhook-cli help <command>
  -V, --version

A ref is an id from \`list\`, the start of one, or: last, last~1, last~2 …
Privacy   no telemetry, no update checks, no account; data stays in the store file
`
}

/** True where the command line asks for nothing but the help above. */
export function asksForMainHelp(args: readonly string[]): boolean {
  const [first, ...rest] = args
  return rest.length === 0 && (first === undefined || first === '-h' || first === '--help' || first === 'help')
}

export function asksForVersion(args: readonly string[]): boolean {
  return args.length === 1 && (args[0] === '-V' || args[0] === '--version')
}
