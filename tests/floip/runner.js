// What the walkers share: the published runner, its own schemas, and a caller of it.
'use strict'

const fs = require('fs')
const path = require('path')

const modules = process.argv[2]
const load = (name) => require(path.join(modules, name))
const runner = load('@floip/flow-runner')
const resources = path.join(modules, '@floip/flow-runner/dist/resources')

// At every prompt the runner says on stdout that it waits there; that is no complaint.
console.info = () => {}
// Nor is this: where a block has two tests, the evaluator reads its own dates in a form of its own.
load('moment').suppressDeprecationWarnings = true
const complaints = []
for (const kind of ['warn', 'error']) {
  console[kind] = (...words) => complaints.push(words.map(String).join(' '))
}

const SCHEMAS = {
  'MobilePrimitives.Message': 'IMessageBlock',
  'MobilePrimitives.SelectOneResponse': 'ISelectOneResponseBlock',
  'MobilePrimitives.NumericResponse': 'INumericResponseBlock',
  'MobilePrimitives.OpenResponse': 'IOpenResponseBlock',
  'Core.Case': 'ICaseBlock',
  'Core.Output': 'IOutputBlock',
}
const SELECT = 'MobilePrimitives.SelectOneResponse'

function validators() {
  const Ajv = load('ajv').default
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([type, name]) => {
      const schema = fs.readFileSync(path.join(resources, `${name}.json`), 'utf-8')
      return [type, new Ajv().compile(JSON.parse(schema))]
    }),
  )
}

/** All that the package's own schemas find wrong with a container, as sentences. */
function judge(container) {
  const told = (where, errors) =>
    (errors || []).map((each) => `${where}: ${each.dataPath} ${each.message}`)
  const found = told('container', runner.getFlowStructureErrors(container))
  const valid = validators()
  for (const block of container.flows.flatMap((flow) => flow.blocks)) {
    const validate = valid[block.type]
    if (!validate) found.push(`${block.label}: no schema for ${block.type}`)
    else if (!validate(block)) found.push(...told(block.label, validate.errors))
  }
  return found
}

/** A call that has not begun, of a caller of whom the platform says this. */
function context({ container, language }, properties) {
  const contact = { id: 'caller', name: 'caller', createdAt: '2026-03-02', groups: [], ...properties }
  return runner.createContextDataObjectFor(
    contact, [], 'user', 'org', container.flows, language, runner.SupportedMode.OFFLINE,
    container.resources,
  )
}

function words(ctx, at) {
  const resource = new runner.ResourceResolver(ctx).resolve(at.prompt.config.prompt)
  return { block: at.prompt.block.label, text: resource.getText() }
}

/** Goes on to where something is asked; undefined at the end. `said` gets what was said till then. */
async function onward(ctx, cursor, said = []) {
  let at = cursor
  while (at && at.prompt.config.kind === 'Message') {
    said.push(words(ctx, at))
    at = await at.prompt.fulfill(null)
  }
  return at
}

/** What the runner is given for an answer; undefined where this block takes none such.
 *
 * `key` is pressed or keyed, `event` is what is no key, `heard` keys back what was said.
 */
function value(answer, block, text) {
  const { digits, ghore_boshe: own } = block.vendor_metadata
  const named = (names, wanted) => Object.keys(names || {}).find((name) => names[name] === wanted)
  if (answer.event !== undefined) return named(own.events, answer.event)
  if (block.type === SELECT) return named(digits, answer.key)
  return answer.heard ? text.replace(/ /g, '') : answer.key
}

module.exports = { SELECT, complaints, context, judge, onward, runner, value, words }
