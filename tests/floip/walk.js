// Walks one call. stdin: {container, language, properties, answers}; stdout: what happened.
'use strict'

const fs = require('fs')
const { complaints, context, onward, runner, value, words } = require('./runner.js')

async function walk(asked) {
  const ctx = await context(asked, asked.properties)
  const log = []
  let at = await onward(ctx, await new runner.FlowRunner(ctx).run(), log)
  for (const answer of asked.answers) {
    if (!at) throw new Error(`the call is over before ${JSON.stringify(answer)}`)
    const heard = words(ctx, at)
    const given = value(answer, at.prompt.block, heard.text)
    if (given === undefined) throw new Error(`${heard.block} takes no ${JSON.stringify(answer)}`)
    log.push({ ...heard, given })
    at = await onward(ctx, await at.prompt.fulfill(given), log)
  }
  return { log, waits: at ? at.prompt.block.label : null, status: ctx.delivery_status }
}

async function main() {
  const asked = JSON.parse(fs.readFileSync(0, 'utf-8'))
  const result = await walk(asked).catch((error) => {
    complaints.push(`${error.name}: ${error.message}`)
    return {}
  })
  process.stdout.write(JSON.stringify({ ...result, complaints }))
}

main()
