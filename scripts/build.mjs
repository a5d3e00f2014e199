// Builds the package into dist/: two wasm files, their loaders, types, and the console.

import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shortenGlue } from './names.mjs'
import { setup } from './setup.mjs'
import { main, root, run, say } from './shell.mjs'
import { step } from './steps.mjs'

const TARGET = 'wasm32-unknown-unknown'
const CORE = ['Cargo.toml', 'Cargo.lock', 'build.rs', 'idl_build', 'proto', 'src']
const WASM_FEATURES = ['bulk-memory', 'bulk-memory-opt', 'mutable-globals', 'nontrapping-float-to-int', 'sign-ext']

// What LLVM writes twice to save time elsewhere: without it 3 KB less to load, gzipped, and as fast.
const LLVM = ['-disable-lsr', '-enable-load-pre=false'].map((option) => `-Cllvm-args=${option}`)
// See `UNUSED` in xtask/src/bindings.rs.
const FEATURES = '-Ctarget-feature=-multivalue,-reference-types'

/** The wasm crates: package, file name, what they are compiled from. */
const CRATES = [
  { package: 'flyte-remote', name: 'flyte_remote', inputs: CORE },
  { package: 'flyte-sandbox', name: 'flyte_sandbox', inputs: [...CORE, 'sandbox'] },
]

/** Builds what has changed. */
export function build() {
  const tools = setup()
  mkdirSync(join(root, 'dist'), { recursive: true })
  step('xtask', { inputs: ['xtask', 'Cargo.lock'], outputs: ['target/debug/xtask'] }, () =>
    run('cargo', ['build', '--quiet', '--package', 'xtask']),
  )
  // Another compiler's libraries do not fit, which cargo does not see.
  step('compiler', { inputs: [], outputs: [], settings: tools.rustc }, () =>
    rmSync(join(root, 'target/wasm'), { recursive: true, force: true }),
  )
  for (const crate of CRATES) wasm(crate, tools)
  types()
  bundles()
  console_()
}

function xtask(...args) {
  run(join(root, 'target/debug/xtask'), args)
}

function wasm(crate, tools) {
  const file = `target/wasm/${TARGET}/release/${crate.name}.wasm`
  const outputs = [`dist/${crate.name}.wasm`, `target/bindings/${crate.name}_glue.js`, `target/bindings/${crate.name}.d.ts`]
  const flags = [process.env.RUSTFLAGS, ...LLVM, FEATURES].filter(Boolean).join(' ')
  const settings = WASM_FEATURES.join() + tools.rustc + flags
  step(crate.name, { inputs: [...crate.inputs, 'xtask', 'scripts/build.mjs', 'scripts/names.mjs'], outputs, settings }, () => {
    say(`compiling ${crate.package} to WebAssembly`)
    const env = { ...process.env, RUSTC: tools.rustc, RUSTFLAGS: flags, CARGO_TARGET_DIR: join(root, 'target/wasm') }
    // As a cdylib alone: beside an rlib, cargo leaves link-time optimisation out.
    const what = ['--package', crate.package, '--features', 'js', '--lib', '--crate-type', 'cdylib']
    run('cargo', ['rustc', '--quiet', '--release', '--target', TARGET, ...what], { env })
    xtask('bindings', file, 'target/bindings')
    optimize(`target/bindings/${crate.name}_bg`, `dist/${crate.name}.wasm`, `target/bindings/${crate.name}_glue.js`)
  })
}

// No address below 1024 is ever used, as the stack begins there; functions of one name side by side compress better.
const PASSES = [
  '--low-memory-unused',
  '-Os',
  '--skip-pass=local-cse',
  '--reorder-functions-by-name',
  '--minify-imports-and-exports-and-modules',
]

function optimize(from, to, glue) {
  const features = WASM_FEATURES.map((feature) => `--enable-${feature}`)
  const names = run(process.execPath, ['node_modules/binaryen/bin/wasm-opt', `${from}.wasm`, '-o', to, ...PASSES, ...features], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  shortenGlue(join(root, to), join(root, `${from}.js`), join(root, glue), names)
}

function types() {
  const outputs = ['target/bindings/idl.d.ts', 'target/bindings/client.d.ts']
  step('types', { inputs: ['proto', 'xtask'], outputs }, () => xtask('types', 'proto', 'target/bindings'))
}

function bundles() {
  const inputs = ['js', 'package.json', 'scripts/bundle.mjs', 'scripts/javascript.mjs', 'tsconfig.json', 'target/bindings']
  step('bundles', { inputs, outputs: ['dist/node.mjs', 'dist/node.cjs', 'dist/browser.mjs', 'dist/index.d.ts'] }, () => {
    run(process.execPath, ['scripts/bundle.mjs'])
  })
}

function console_() {
  if (!readable('www/package.json') && !readable('www/index.html')) return
  step('console', { inputs: ['www', 'dist/browser.mjs', 'dist/flyte_remote.wasm'], outputs: ['dist/www/index.html'] }, () => {
    run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'www', '--logLevel', 'warn'])
  })
}

function readable(path) {
  try {
    return readFileSync(join(root, path)).length > 0
  } catch {
    return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(build)
