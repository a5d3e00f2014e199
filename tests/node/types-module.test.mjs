// The module that `flyte-remote types` writes, for schemas that are hard to write down: it has to compile.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'flyte-remote-types-module-'))
let typesModule

before(async () => {
  const bundle = await rolldown({ input: join(root, 'js/cli/typescript.ts') })
  const { output } = await bundle.generate({ format: 'esm' })
  ;({ typesModule } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`))
})

after(() => rmSync(folder, { recursive: true }))

const FLAGS = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023', '--types', '']

/** The module of inputs and outputs with these schemas, which compiles with the lines that use it. */
function written(schemas, use = '') {
  const described = Object.entries(schemas).map(([name, schema]) => ({ name, schema, type: 'x', description: '', required: true }))
  const text = typesModule({ title: 'x', inputs: described, outputs: described })
  const file = join(folder, 'module.ts')
  writeFileSync(file, `${text}\n${use}`)
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...FLAGS, file], { cwd: folder, encoding: 'utf8' })
  } catch ({ stdout }) {
    assert.fail(`${stdout}\n${text}`)
  }
  return text
}

const integer = { type: 'integer' }
const list = (items, flyte) => ({ type: 'array', items, ...(flyte && { 'x-flyte-type': flyte }) })

describe('types', () => {
  it('of lists in lists have their readonly in brackets', () => {
    const text = written(
      {
        deep: list(list(list(integer, 'list[int]'), 'list[list[int]]'), 'list[list[list[int]]]'),
        texts: list(list({ type: 'string' })),
        row: { title: 'Row', type: 'object', required: ['grid'], properties: { grid: list(list({ type: 'number' })) } },
      },
      `export const inputs: Inputs = { deep: [[[1, 2n], new BigInt64Array(1)]], texts: [['a']], row: { grid: [[0.5]] } }
       declare const outputs: Outputs
       export const some: [number, string] = [outputs.row.grid[0]![0]!, outputs.texts[0]![0]!]`,
    )
    assert.match(text, /texts: readonly \(readonly string\[\]\)\[\]/)
    assert.match(text, /grid: readonly \(readonly number\[\]\)\[\]/)
    assert.match(text, /texts: string\[\]\[\]/)
  })

  it('of enums keep back-slashes and quotes', () => {
    assert.match(written({ two: list({ enum: ['a\\', 'b'] }) }), /two: readonly \('a\\\\' \| 'b'\)\[\]/)
    const text = written(
      { odd: list({ enum: ['a\\', "b'|", 'c"\n'] }) },
      `export const inputs: Inputs = { odd: ['a\\\\', "b'|", 'c"\\n'] }`,
    )
    assert.match(text, /odd: readonly \('a\\\\' \| 'b\\'\|' \| 'c"\\n'\)\[\]/)
  })

  it('of a union without variants are never', () => {
    assert.match(written({ none: { anyOf: [] } }), /none: never/)
  })

  it('of dicts whose keys are no texts are Maps', () => {
    const dict = { type: 'object', additionalProperties: { type: 'string' }, propertyNames: integer }
    const text = written(
      { row: { title: 'Row', type: 'object', required: ['names'], properties: { names: dict } } },
      `export const inputs: Inputs[] = [{ row: { names: new Map([[1, 'a']]) } }, { row: { names: { 1: 'a' } } }]
       declare const outputs: Outputs
       export const name: string | undefined = outputs.row.names.get(1)`,
    )
    assert.match(text, /names: Map<bigint \| number, string>$/m)
    const plain = { ...dict, propertyNames: { type: 'string' } }
    assert.match(written({ plain }), /plain: Record<string, string>/)
  })
})

describe('structs', () => {
  it('that lead to themselves have the name of their definition when they have no title', () => {
    const next = { anyOf: [{ $ref: '#/$defs/my.Node' }, { type: 'null' }] }
    const text = written(
      {
        tree: {
          ...{ title: 'Tree', type: 'object', required: ['root'], properties: { root: { $ref: '#/$defs/my.Node' } } },
          $defs: { 'my.Node': { type: 'object', required: ['next'], properties: { next } } },
        },
        loop: { $ref: '#/$defs/Loop', $defs: { Loop: list({ $ref: '#/$defs/Loop' }) } },
      },
      'export const inputs: Inputs = { tree: { root: { next: { next: null } } }, loop: [[]] }',
    )
    assert.match(text, /interface my_Node \{\n {2}next: my_Node \| null\n/)
    assert.match(text, /loop: readonly unknown\[\]/)
  })

  it('called like a type of TypeScript or a word of it get another name', () => {
    const titles = ['string', 'number', 'any', 'object', 'undefined', 'class', 'await', 'Map', 'Inputs', 'type', 'constructor']
    const schema = (title) => ({ title, type: 'object', required: [`of_${title}`], properties: { [`of_${title}`]: integer } })
    const text = written(Object.fromEntries(titles.map((title) => [title, schema(title)])))
    for (const title of titles.slice(0, -2)) assert.match(text, new RegExp(`interface ${title}2 `))
  })
})
