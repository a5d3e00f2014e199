// Forms: what an entity says of its inputs and outputs, and what a text in a form stands for.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { FlyteFile, FlyteValueError, literal, UnionVariant } from 'flyte-remote'
import { PLACE, sandboxWithWorkflows, shellTask, workflowOf } from './fixtures.mjs'

const tagged = (type, tag) => ({ ...type, structure: { tag } })
const INT = { simple: 'INTEGER' }
const MAYBE_INT = { unionType: { variants: [tagged(INT, 'int'), tagged({ simple: 'NONE' }, 'none')] } }
const LISTS = {
  unionType: { variants: [INT, { simple: 'FLOAT' }].map((of) => tagged({ collectionType: of }, 'Typed List')) },
}
const EITHER = { unionType: { variants: [tagged(INT, 'int'), tagged({ simple: 'FLOAT' }, 'float')] } }
const ROW = {
  simple: 'STRUCT',
  metadata: {
    type: 'object',
    title: 'Row',
    required: ['id'],
    properties: { id: { type: 'integer' }, next: { anyOf: [{ $ref: '#/$defs/Next' }, { type: 'null' }], default: null } },
    $defs: { Next: { type: 'object', title: 'Next', required: ['at'], properties: { at: { type: 'string', format: 'date-time' } } } },
  },
}

const INPUTS = {
  day: { type: { simple: 'DATETIME' }, description: 'The day' },
  limit: { type: INT },
  place: { type: { simple: 'STRING' } },
  rows: { type: { collectionType: ROW } },
}
const primitive = (value) => ({ scalar: { primitive: value } })

let sandbox
let remote

before(async () => {
  ;({ sandbox, remote } = await sandboxWithWorkflows())
  const task = shellTask('described', INPUTS, { file: { type: { blob: { format: 'csv' } } } }, 'true')
  const workflow = workflowOf(task, 'described.wf')
  const launchPlan = {
    id: { resourceType: 'LAUNCH_PLAN', ...PLACE, name: 'described.plan', version: 'v1' },
    spec: {
      workflowId: workflow.template.id,
      defaultInputs: {
        parameters: {
          day: { var: INPUTS.day, default: primitive({ datetime: '2026-01-31T12:30:00Z' }) },
          limit: { var: INPUTS.limit, default: primitive({ integer: '9007199254740993' }) },
          rows: { var: INPUTS.rows, required: true },
        },
      },
      fixedInputs: { literals: { place: primitive({ stringValue: 'here' }) } },
    },
  }
  await remote.registerSpecs({ tasks: [task], workflows: [workflow], launchPlans: [launchPlan] })
})

after(() => sandbox.close())

describe('a launch plan', () => {
  it('tells its inputs with defaults, fixed values, types and schemas', async () => {
    const described = (await remote.fetchLaunchPlan('described.plan')).describeInputs()
    assert.deepEqual(described, [
      {
        name: 'day',
        type: 'datetime',
        description: 'The day',
        literalType: { simple: 'DATETIME' },
        schema: { type: 'string', format: 'date-time', 'x-flyte-type': 'datetime' },
        required: false,
        default: new Date('2026-01-31T12:30:00Z'),
      },
      {
        name: 'limit',
        type: 'int',
        description: '',
        literalType: INT,
        schema: { type: 'integer', format: 'int64', 'x-flyte-type': 'int' },
        required: false,
        default: 9007199254740993n,
      },
      {
        name: 'place',
        type: 'str',
        description: '',
        literalType: { simple: 'STRING' },
        schema: { type: 'string', 'x-flyte-type': 'str' },
        required: false,
        fixed: 'here',
      },
      {
        name: 'rows',
        type: 'list[Row]',
        description: '',
        literalType: { collectionType: ROW },
        schema: {
          type: 'array',
          items: {
            type: 'object',
            title: 'Row',
            properties: {
              id: { type: 'integer', format: 'int64' },
              next: { anyOf: [{ $ref: '#/$defs/Next' }, { type: 'null' }], default: null },
            },
            required: ['id'],
            additionalProperties: false,
            'x-flyte-type': 'Row',
          },
          'x-flyte-type': 'list[Row]',
          $defs: {
            Next: {
              type: 'object',
              title: 'Next',
              properties: { at: { type: 'string', format: 'date-time' } },
              required: ['at'],
              additionalProperties: false,
            },
          },
        },
        required: true,
      },
    ])
  })

  it('and its outputs', async () => {
    const [file, ...more] = (await remote.fetchLaunchPlan('described.plan')).describeOutputs()
    assert.deepEqual(more, [])
    const schema = { type: 'string', format: 'uri', 'x-flyte-type': 'file[csv]' }
    assert.deepEqual(file, { name: 'file', type: 'file[csv]', description: '', literalType: { blob: { format: 'csv' } }, schema })
  })

  it('as tasks and workflows do, whose inputs are all required', async () => {
    for (const entity of [await remote.fetchTask('described'), await remote.fetchWorkflow('described.wf')]) {
      const described = entity.describeInputs()
      assert.deepEqual(
        described.map(({ name, required }) => [name, required]),
        Object.keys(INPUTS).map((name) => [name, true]),
      )
      assert.deepEqual(entity.describeOutputs()[0].name, 'file')
      assert.deepEqual(
        entity.inputs.map(({ name }) => name),
        Object.keys(INPUTS),
      )
    }
  })

  it('launches with what its form means', async () => {
    const plan = await remote.fetchLaunchPlan('described.plan')
    const texts = { day: '2026-02-01', limit: '-1', rows: '[{"id": 9007199254740993}, {"id": 2, "next": {"at": "2026-01-31T00:00:00Z"}}]' }
    const inputs = {}
    for (const { name, literalType } of plan.describeInputs()) {
      if (name in texts) inputs[name] = literal.parse(literalType, texts[name], `inputs.${name}`)
    }
    const sent = await remote.execute(plan, { inputs, dryRun: true })
    assert.equal(sent.inputs.literals.day.scalar.primitive.datetime, '2026-02-01T00:00:00Z')
    assert.deepEqual(literal.fromLiteral(sent.inputs.literals.rows, { collectionType: ROW }), [
      { id: 9007199254740993n, next: null },
      { id: 2, next: { at: '2026-01-31T00:00:00Z' } },
    ])
  })
})

const problems = (type, text, name) => {
  try {
    literal.parse(type, text, name)
  } catch (error) {
    assert.ok(error instanceof FlyteValueError, error)
    return error.problems.map(({ path, message }) => `${path}: ${message}`)
  }
  assert.fail(`${text} was not refused`)
}

describe('literal.parse', () => {
  it('gives what execute takes', () => {
    for (const [type, text, value] of [
      [INT, '42', 42],
      [INT, '9007199254740993', 9007199254740993n],
      [{ simple: 'FLOAT' }, '1.25e-300', 1.25e-300],
      [{ simple: 'FLOAT' }, '0.12345678901234566', 0.12345678901234566],
      [{ simple: 'FLOAT' }, '-Infinity', Number.NEGATIVE_INFINITY],
      [{ simple: 'BOOLEAN' }, 'true', true],
      [{ simple: 'STRING' }, ' as it is ', ' as it is '],
      [{ simple: 'DATETIME' }, '2026-01-31T13:30:00+01:00', new Date('2026-01-31T12:30:00Z')],
      [{ simple: 'DURATION' }, '1h 30m', 5_400_000],
      [{ simple: 'DURATION' }, 'PT0.5S', 500],
      [{ enumType: { values: ['a', 'b'] } }, 'b', 'b'],
      [MAYBE_INT, '', null],
      [MAYBE_INT, '3', 3],
      [EITHER, '3.0', new UnionVariant('float', 3)],
      [EITHER, '{"tag": "float", "value": 3}', new UnionVariant('float', 3)],
      [LISTS, '{"tag": "list[float]", "value": []}', new UnionVariant('list[float]', [])],
      [{ simple: 'STRUCT' }, '{"a": 18446744073709551615}', { a: 18446744073709551615n }],
      [{ blob: { format: 'csv' } }, 's3://a/b.csv', new FlyteFile('s3://a/b.csv', 'csv')],
      [{ collectionType: MAYBE_INT }, '[1, null]', [1, null]],
      [{ mapValueType: { simple: 'FLOAT' } }, '{"x": 1, "y": NaN}', { x: 1, y: Number.NaN }],
      [{ simple: 'STRUCT' }, '{"a": [1, "b", {}]}', { a: [1, 'b', {}] }],
      [ROW, '{"id": 1}', { id: 1, next: null }],
    ]) {
      const parsed = literal.parse(type, text)
      assert.deepEqual(parsed, value, text)
      assert.deepEqual(literal.fromLiteral(literal.toLiteral(type, parsed), type), parsed instanceof UnionVariant ? parsed.value : value)
    }
  })

  it('names the place, what came and what was expected, all at once', () => {
    assert.deepEqual(problems({ collectionType: ROW }, '[{"id": "1"}, {"id": 2, "next": {"at": "soon"}}, 3]', 'inputs.rows'), [
      'inputs.rows[0].id: expected int, got text "1"',
      'inputs.rows[1].next.at: expected a datetime in ISO 8601, got text "soon"',
      'inputs.rows[2]: expected Row, got number 3',
    ])
    assert.deepEqual(problems(INT, '3.5'), [
      'value: expected int, got float, a number with a fraction; write a whole number of at most 64 bits, 42',
    ])
    assert.deepEqual(problems({ mapValueType: INT }, '{"a": 1', 'x'), [
      'x: expected dict[str, int] as JSON; at character 8: expected `,` or `}`, got the end of the text',
    ])
  })
})
