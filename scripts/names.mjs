// Makes glue short: wasm-bindgen's names of imports and exports are long, and stand in the file and in its glue, and each
// export that may fail reads its result by itself.

import { readFileSync, writeFileSync } from 'node:fs'

/** Exports that the engine calls, not a caller: a trap in them has nobody to tell. */
const QUIET = /_free$|^wasm_bindgen__convert|^__wbindgen_destroy/

/** How an export that may fail reads its result: a value, an error, and which of the two it is. */
const READING =
  'var r0 = getDataViewMemory0().getInt32(retptr + 4 * 0, true); var r1 = getDataViewMemory0().getInt32(retptr + 4 * 1, true); ' +
  'var r2 = getDataViewMemory0().getInt32(retptr + 4 * 2, true); if (r2) { throw takeObject(r1); }'
const RESULT = new RegExp(READING.replace(/[().*+{}]/g, '\\$&').replaceAll(' ', '\\s+'), 'g')

/** What takes memory for a result. If it fails, as it may load the file, there is nothing to give back. */
const TAKING = /try \{\s+(const retptr = wasm\.__wbindgen_add_to_stack_pointer\(-16\) >>> 0;)/g

/**
 * Writes the glue of a file whose names wasm-opt has shortened; `told` is what wasm-opt printed of it. Beside
 * wasm-bindgen's, the glue exports what depends on the names: `imports`, `QUIET`, `STACK`, which moves the stack, and `COUNT`,
 * the number of exports: the file of another version may have the same names.
 */
export function shortenGlue(wasm, from, to, told) {
  const { imports, exports } = JSON.parse(told)
  const names = new Map(exports)
  if (names.has('__wbindgen_start')) fail('nothing calls the start function of the wasm file')
  const short = (name) => names.get(name) ?? fail(`the wasm file does not export ${name}`)
  let glue = readFileSync(from, 'utf8').replace(RESULT, 'var r0 = resultAt(retptr);').replace(TAKING, '$1\ntry {')
  if (glue.includes('if (r2)')) fail('the glue reads results in another way')
  glue = glue.replace(/\bwasm\.([\w$]+)/g, (_, name) => `wasm.${short(name)}`)
  for (const [, name] of imports) {
    const bare = glue.replace(new RegExp(`^export ((?:function|const|let) ${name.replaceAll('$', '\\$&')}\\b)`, 'm'), '$1')
    glue = bare === glue ? fail(`the glue does not define ${name}`) : bare
  }
  const aliases = imports.map(([, name, alias]) => `${JSON.stringify(alias)}: ${name}`)
  const quiet = exports.filter(([name]) => QUIET.test(name)).map(([, alias]) => alias)
  const compiled = new WebAssembly.Module(readFileSync(wasm))
  const [{ module }] = WebAssembly.Module.imports(compiled)
  writeFileSync(
    to,
    `${glue}
function resultAt(retptr) {
  const view = getDataViewMemory0()
  if (view.getInt32(retptr + 8, true)) throw takeObject(view.getInt32(retptr + 4, true))
  return view.getInt32(retptr, true)
}
export const imports = () => ({ ${JSON.stringify(module)}: { ${aliases.join(', ')} } })
export const QUIET = new Set(${JSON.stringify(quiet)})
export const COUNT = ${WebAssembly.Module.exports(compiled).length}
export const STACK = ${JSON.stringify(names.get('__wbindgen_add_to_stack_pointer'))}
`,
  )
}

function fail(why) {
  throw new Error(`scripts/names.mjs: ${why}`)
}
