#!/usr/bin/env node
// Plain JavaScript that any Node can parse: an old one gets a sentence, not a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 18)) {
  process.stderr.write(
    'error: webhook-cli needs Node 20.18.1 or newer, this is ' + process.versions.node + '\n',
  )
  process.exit(1)
}
const nodeModule = await import('node:module')
// Keeps compiled code between runs where the runtime can (Node 22.8).
nodeModule.enableCompileCache?.()
await import('../dist/main.js')
