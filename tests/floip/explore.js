// Presses everything everywhere. stdin: {container, language, code, facts, places, detours};
// stdout: the states that it came to, and the exits that no call took.
'use strict'

const fs = require('fs')
const { SELECT, complaints, context, onward, runner, value, words } = require('./runner.js')

const MOST_STATES = 500
const asked = JSON.parse(fs.readFileSync(0, 'utf-8'))
const taken = new Set()

/** The same call once more, of a caller of whom the platform says this now. */
function copy(ctx, properties) {
  const { flows, resources, ...own } = ctx
  const again = { ...structuredClone(own), flows, resources, reversible_operations: [] }
  return { ...again, contact: { id: 'caller', groups: [], ...properties } }
}

function note(ctx) {
  for (const each of ctx.interactions) taken.add(each.selected_exit_id)
}

function standing(ctx) {
  return new runner.FlowRunner(ctx).hydrateRichCursorFrom(ctx)
}

/** The call after an answer; null where it is over. */
async function after(ctx, given, properties) {
  const again = copy(ctx, properties)
  const at = await onward(again, await standing(again).prompt.fulfill(given))
  note(again)
  return at ? again : null
}

/** Everything that can be given where a call stands; of trouble a platform tells only when there is. */
function answers(ctx, properties) {
  const at = standing(ctx)
  const { block } = at.prompt
  const own = block.vendor_metadata.ghore_boshe
  if (block.type === SELECT) {
    return Object.keys(properties.line_trouble ? own.events : block.config.choices)
  }
  const wrong = '9'.repeat(own.entry.digits - 1)
  // Only after the last try does it matter what holds of the caller.
  if (properties !== asked.facts[0]) return [wrong]
  const code = words(ctx, at).text.replace(/ /g, '')
  const right = /^\d+$/.test(code) ? code : asked.code
  const other = right.slice(0, -1) + ((Number(right.slice(-1)) + 1) % 10)
  return [right, other, right.slice(0, 2), '', '#', wrong]
}

/** What tells two states apart: where the call stands and, at an entry, how often it was tried. */
function named(ctx) {
  const { block } = standing(ctx).prompt
  if (block.type === SELECT) return block.label
  const { __interactionId: id } = ctx.session_vars.block_interactions_by_block_name._tries
  return `${block.label} ${ctx.interactions.find((each) => each.uuid === id).value}`
}

async function begin(properties) {
  const ctx = await context(asked, properties)
  await onward(ctx, await new runner.FlowRunner(ctx).run())
  note(ctx)
  return ctx
}

/** Whether an answer can show anything new: an exit, or these facts behind where it leads.
 *
 * At an entry every answer leaves by the one exit, and what follows depends on the answer.
 */
function isNew(ctx, given, facts, tried) {
  const { block } = standing(ctx).prompt
  const exit = block.exits.find((each) => each.tag === given)
  if (block.type !== SELECT || !taken.has(exit.uuid)) return true
  const behind = `${exit.destination_block} ${asked.facts.indexOf(facts)}`
  return !tried.has(behind) && Boolean(tried.add(behind))
}

/** Every state, entered from the one that led there first. */
async function everywhere() {
  const known = new Map()
  const tried = new Set()
  const meet = (ctx) => {
    if (ctx && !known.has(named(ctx))) known.set(named(ctx), ctx)
  }
  for (const facts of asked.facts) meet(await begin(facts))
  for (const ctx of known.values()) {
    if (known.size > MOST_STATES) throw new Error('there are too many states')
    for (const facts of asked.facts) {
      for (const given of answers(ctx, facts)) {
        if (isNew(ctx, given, facts, tried)) meet(await after(ctx, given, facts))
      }
    }
  }
  return known
}

/** Goes a row of answers from a state, as far as they can be given. */
async function go(ctx, row) {
  let there = ctx
  for (const answer of row) {
    const at = there && standing(there)
    const given = at ? value(answer, at.prompt.block, words(there, at).text) : undefined
    if (given === undefined) return
    there = await after(there, given, {})
  }
}

async function main() {
  const known = await everywhere()
  for (const ctx of known.values()) for (const row of asked.detours) await go(ctx, row)
  for (const place of asked.places) {
    const properties = { line_bookmark: 'yes', line_bookmark_place: place }
    const ctx = await begin(properties)
    for (const given of answers(ctx, properties)) await after(ctx, given, properties)
  }
  const blocks = asked.container.flows.flatMap((flow) => flow.blocks)
  const left = blocks.flatMap((block) =>
    block.exits.filter((exit) => !taken.has(exit.uuid)).map((exit) => `${block.label} ${exit.tag}`),
  )
  process.stdout.write(JSON.stringify({ states: [...known.keys()], left, complaints }))
}

main()
