#!/usr/bin/env node
'use strict'
// CommonJS, in words that any Node can parse: an old one gets a sentence instead of a syntax error, and what needs
// no more than a text file does not wait for the module loader.
var fs = require('node:fs')
var path = require('node:path')

var version = process.versions.node.split('.').map(Number)
if (version[0] < 20 || (version[0] === 20 && version[1] < 18)) {
  process.stderr.write(
    'error: webhook-cli needs Node 20.18.1 or newer, this is ' + process.versions.node + '\n',
  )
  process.exit(1)
}

var args = process.argv.slice(2)
var only = args.length > 1 ? undefined : args[0]
var asksForVersion = only === '-V' || only === '--version'
var asksForHelp = args.length === 0 || only === '-h' || only === '--help' || only === 'help'
// A narrow terminal needs the help laid out anew.
var fits = !(process.stdout.columns < 80)

if (asksForVersion || (asksForHelp && fits)) {
  // A reader that has gone away is no error.
  process.stdout.on('error', function () {})
  var own = JSON.parse(fs.readFileSync(path.join(__dirname, '..', 'package.json'), 'utf8')).version
  var help = asksForHelp ? fs.readFileSync(path.join(__dirname, 'help.txt'), 'utf8') : '{version}\n'
  process.stdout.write(help.replace('{version}', own))
} else {
  // Keeps compiled code between runs where the runtime can (Node 22.8).
  var nodeModule = require('node:module')
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache()
  void import('../dist/main.js')
}
