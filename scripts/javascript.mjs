// One file of js/ and all that it imports, bundled and made small.

import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { parseAst } from 'rolldown/parseAst'
import { root } from './shell.mjs'

const bindings = join(root, 'target/bindings')

// Names of classes are what Node prints of an object.
const KEPT = { keepNames: { class: true, function: false } }
const MINIFY = { compress: KEPT, mangle: KEPT, codegen: { removeWhitespace: true } }

/** Breaks code where declarations and members of classes begin: Node shows the whole line that an uncaught error comes from. */
function inLines(code) {
  const membersOf = (node) => (node?.type.startsWith('Class') ? node.body.body : [])
  const parts = parseAst(code).body.flatMap((statement) => {
    const declaration = statement.declaration ?? statement
    const variables = declaration.declarations ?? []
    return [statement, ...membersOf(declaration), ...variables, ...variables.flatMap(({ init }) => membersOf(init))]
  })
  const begins = parts.map(({ start }) => start).sort((one, other) => one - other)
  return begins.map((start, i) => code.slice(i ? start : 0, begins[i + 1])).join('\n')
}

/** The code of an entry point in each of `formats`; what `leaveOut` says of an import stays outside. */
export async function bundled({ entry, platform }, formats, leaveOut = () => false) {
  const outside = [/^node:/, /^flyte-remote/]
  const build = await rolldown({
    input: join(root, entry),
    platform,
    // Its paths lead to declarations; the aliases below lead to code.
    tsconfig: false,
    external: (id) => outside.some((pattern) => pattern.test(id)) || leaveOut(id),
    resolve: {
      alias: {
        '#bindings': join(bindings, 'flyte_remote_glue.js'),
        '#sandbox-bindings': join(bindings, 'flyte_sandbox_glue.js'),
      },
    },
  })
  const codes = []
  for (const format of formats) {
    const { output } = await build.generate({ format, minify: MINIFY, comments: false, exports: 'named', codeSplitting: false })
    codes.push(`${inLines(output[0].code)}\n`)
  }
  await build.close()
  return codes
}
