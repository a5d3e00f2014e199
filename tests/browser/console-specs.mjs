// What the console's tests register: a workflow with an input of each kind, one that fails, one that takes long.

const PROJECT = 'flytesnacks'
const DOMAIN = 'development'

const id = (resourceType, name) => ({ resourceType, project: PROJECT, domain: DOMAIN, name, version: 'v1' })
const simple = (type) => ({ type: { simple: type } })
const literal = (primitive) => ({ scalar: { primitive } })

/** A container task that runs a shell script: `$1` is the folder of its outputs, `$2` and on are its inputs by name. */
function task(name, inputs, outputs, script) {
  const args = Object.keys(inputs).map((input) => `{{.inputs.${input}}}`)
  return {
    template: {
      id: id('TASK', name),
      type: 'raw-container',
      metadata: { runtime: { type: 'OTHER', version: '1', flavor: 'shell' } },
      interface: { inputs: { variables: inputs }, outputs: { variables: outputs } },
      container: {
        image: 'alpine:3',
        command: ['/bin/sh', '-c', script, 'task', '/var/outputs', ...args],
        dataConfig: { enabled: true, inputPath: '/var/inputs', outputPath: '/var/outputs', format: 'JSON' },
      },
    },
  }
}

const promise = (variable, nodeId = '') => ({ promise: { nodeId, var: variable } })

function node(name, reference, bindings) {
  const inputs = Object.entries(bindings).map(([variable, binding]) => ({ var: variable, binding }))
  const upstreamNodeIds = inputs.map(({ binding }) => binding.promise.nodeId).filter(Boolean)
  return { id: name, metadata: { name }, taskNode: { referenceId: id('TASK', reference) }, inputs, upstreamNodeIds }
}

function workflow(name, inputs, outputs, nodes, results) {
  return {
    template: {
      id: id('WORKFLOW', name),
      metadata: {},
      interface: { inputs: { variables: inputs }, outputs: { variables: outputs } },
      nodes,
      outputs: Object.entries(results).map(([variable, binding]) => ({ var: variable, binding })),
    },
  }
}

const INPUTS = {
  word: simple('STRING'),
  times: simple('INTEGER'),
  ratio: simple('FLOAT'),
  loud: simple('BOOLEAN'),
  day: simple('DATETIME'),
  patience: simple('DURATION'),
  mood: { type: { enumType: { values: ['calm', 'merry'] } } },
  tags: { type: { collectionType: { simple: 'STRING' } } },
  weights: { type: { mapValueType: { simple: 'FLOAT' } } },
  bucket: simple('STRING'),
}

const list = (texts) => ({ collection: { literals: texts.map((stringValue) => literal({ stringValue })) } })

const DEFAULTS = {
  word: literal({ stringValue: 'hey' }),
  ratio: literal({ floatValue: 0.5 }),
  loud: literal({ boolean: true }),
  day: literal({ datetime: '2026-01-31T12:30:00Z' }),
  patience: literal({ duration: '5400s' }),
  mood: literal({ stringValue: 'calm' }),
  tags: list(['a', 'b']),
}

const parameter = (name, behavior) => ({ var: INPUTS[name], ...behavior })

const NONE = { simple: 'NONE', structure: { tag: 'none' } }
const tagged = (type, tag) => ({ ...type, structure: { tag } })

/** A dataclass with another one in it, as flytekit describes it. */
const ROW = {
  simple: 'STRUCT',
  metadata: {
    title: 'Row',
    type: 'object',
    required: ['id', 'next'],
    additionalProperties: false,
    properties: {
      id: { type: 'integer' },
      score: { type: 'number', default: 0.5 },
      next: { anyOf: [{ $ref: '#/$defs/Next' }, { type: 'null' }] },
    },
    $defs: { Next: { title: 'Next', type: 'object', required: ['at'], properties: { at: { type: 'string', format: 'date-time' } } } },
  },
}

/** Types inside of types; the names say which. */
const NESTED = {
  counts: { collectionType: { simple: 'INTEGER' } },
  days: { collectionType: { simple: 'DATETIME' } },
  either: { unionType: { variants: [tagged({ simple: 'INTEGER' }, 'int'), tagged({ simple: 'STRING' }, 'str')] } },
  file: { blob: { format: 'csv' } },
  grid: { collectionType: { collectionType: { simple: 'INTEGER' } } },
  maybe: { unionType: { variants: [tagged({ simple: 'INTEGER' }, 'int'), NONE] } },
  moods: { collectionType: { enumType: { values: ['calm', 'merry'] } } },
  pauses: { mapValueType: { simple: 'DURATION' } },
  rows: { collectionType: ROW },
  row: ROW,
  secret: { simple: 'BINARY' },
  table: { structuredDatasetType: { format: 'parquet' } },
}

/** Texts called as what every object, or every form of a page, has. */
export const odd = Object.fromEntries(
  ['__proto__', 'action', 'constructor', 'l', 'querySelector', 'toString'].map((name) => [name, simple('STRING')]),
)

export const place = { project: PROJECT, domain: DOMAIN }

export const specs = {
  tasks: [
    task(
      'console.repeat',
      { word: INPUTS.word, times: INPUTS.times },
      { text: simple('STRING') },
      'sleep 2; for i in $(seq "$3"); do printf %s "$2"; done > "$1/text"',
    ),
    task('console.measure', { text: simple('STRING') }, { length: simple('INTEGER') }, 'printf %s "$2" | wc -c | tr -d " " > "$1/length"'),
    task('console.break', {}, {}, 'echo "the disk is full" >&2; exit 3'),
    task('console.wait', {}, {}, 'sleep 120'),
  ],
  workflows: [
    workflow(
      'console.shout',
      INPUTS,
      { text: simple('STRING'), length: simple('INTEGER') },
      [
        node('repeat', 'console.repeat', { word: promise('word'), times: promise('times') }),
        node('measure', 'console.measure', { text: promise('text', 'repeat') }),
      ],
      { text: promise('text', 'repeat'), length: promise('length', 'measure') },
    ),
    workflow(
      'console.nested',
      Object.fromEntries(Object.entries(NESTED).map(([name, type]) => [name, { type, description: `What ${name} hold` }])),
      {},
      [node('break', 'console.break', {})],
      {},
    ),
    workflow('console.odd', odd, {}, [node('break', 'console.break', {})], {}),
    workflow('console.broken', {}, {}, [node('break', 'console.break', {})], {}),
    workflow('console.slow', {}, {}, [node('wait', 'console.wait', {})], {}),
  ],
  launchPlans: [
    {
      id: id('LAUNCH_PLAN', 'console.shout'),
      spec: {
        workflowId: id('WORKFLOW', 'console.shout'),
        defaultInputs: {
          parameters: {
            times: parameter('times', { required: true }),
            weights: parameter('weights', { required: true }),
            ...Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, parameter(name, { default: value })])),
          },
        },
        fixedInputs: { literals: { bucket: literal({ stringValue: 's3://reports' }) } },
      },
    },
    ...['console.broken', 'console.slow', 'console.nested', 'console.odd'].map((name) => ({
      id: id('LAUNCH_PLAN', name),
      spec: { workflowId: id('WORKFLOW', name), defaultInputs: {}, fixedInputs: {} },
    })),
  ],
}
