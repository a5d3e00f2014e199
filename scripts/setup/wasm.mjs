// A Rust compiler for wasm32-unknown-unknown: the one that is there, rustup's, or Debian's with a sysroot of our own.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, cache, run, SetupError, say, which } from '../shell.mjs'
import * as debian from './debian.mjs'

const TARGET = 'wasm32-unknown-unknown'
const PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'lld-22']
const DEBIAN_RUSTC = '/usr/bin/rustc'
const DEBIAN_CARGO = '/usr/bin/cargo'
const LLD = '/usr/lib/llvm-22/bin/lld'
// Panics without their texts: 9 KB less to load, gzipped. All that a panic has to do here is to trap.
const PANICS = '-Zunstable-options -Cpanic=immediate-abort'

/** The path of a rustc that compiles to wasm; installs or assembles one when there is none. */
export function prepareWasm() {
  if (!which('cargo') || !which('rustc')) {
    throw new SetupError('cargo is missing, the Rust part is built with it; install Rust 1.88 or newer, e.g. from https://rustup.rs')
  }
  const present = which('rustc')
  if (hasTarget(present)) return present
  if (which('rustup') && process.env.RUSTUP_AUTO_INSTALL !== '0') {
    say(`adding ${TARGET} with rustup`)
    run('rustup', ['target', 'add', TARGET])
    return present
  }
  return debianRustc()
}

function hasTarget(rustc) {
  const sysroot = ask(rustc, ['--print', 'sysroot'])
  return sysroot !== undefined && existsSync(join(sysroot, 'lib/rustlib', TARGET, 'lib'))
}

function debianRustc() {
  if (!existsSync(DEBIAN_CARGO) || !existsSync(LLD) || !existsSync(librarySource())) {
    if (!debian.canInstall()) {
      throw new SetupError(
        `the Rust target ${TARGET} is missing, the client is compiled to it; run: rustup target add ${TARGET}` +
          ` (on Debian as root this script installs ${PACKAGES.join(', ')} instead)`,
      )
    }
    debian.install(PACKAGES)
  }
  const version = ask(DEBIAN_RUSTC, ['--version'])
  if (version === undefined) throw new SetupError(`${DEBIAN_RUSTC} does not run; reinstall the package rustc-web`)
  const sysroot = join(cache, `sysroot-${version.split(' ')[1]}-abort`)
  const shim = join(sysroot, 'bin/rustc')
  if (!existsSync(shim)) assemble(sysroot)
  return shim
}

function librarySource() {
  return '/usr/lib/rustlib/src/rust/library'
}

/** Builds std for the target, with the bitcode that link-time optimisation needs, and lays it beside the host's libraries: what `--sysroot` expects. */
function assemble(sysroot) {
  say(`building the standard library for ${TARGET} (once, about 30 s)`)
  const work = mkdtempSync(join(tmpdir(), 'flyte-remote-std-'))
  try {
    const rlibs = buildStd(work)
    const next = join(work, 'sysroot')
    const lib = join(next, 'lib/rustlib', TARGET, 'lib')
    mkdirSync(lib, { recursive: true })
    for (const name of readdirSync(rlibs).filter((name) => name.endsWith('.rlib'))) cpSync(join(rlibs, name), join(lib, name))
    linkHost(next)
    mkdirSync(join(next, 'bin'))
    writeFileSync(join(next, 'bin/rustc'), shimText(sysroot), { mode: 0o755 })
    rmSync(sysroot, { recursive: true, force: true })
    mkdirSync(cache, { recursive: true })
    moveInto(next, sysroot)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** A compiler for both: build scripts and macros run here, and are compiled as everywhere. */
function shimText(sysroot) {
  const rustc = `${DEBIAN_RUSTC} --sysroot '${sysroot}' "$@"`
  return `#!/bin/sh
case " $* " in
*" ${TARGET} "*) RUSTC_BOOTSTRAP=1 exec ${rustc} ${PANICS} ;;
*) exec ${rustc} ;;
esac
`
}

function buildStd(work) {
  const crate = join(work, 'empty')
  mkdirSync(join(crate, 'src'), { recursive: true })
  writeFileSync(join(crate, 'Cargo.toml'), '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n')
  writeFileSync(join(crate, 'src/lib.rs'), '')
  const env = {
    ...process.env,
    RUSTC: DEBIAN_RUSTC,
    RUSTC_BOOTSTRAP: '1',
    RUSTFLAGS: `-Cembed-bitcode=yes ${PANICS}`,
    CARGO_TARGET_DIR: join(work, 'target'),
  }
  run(DEBIAN_CARGO, ['build', '--quiet', '--release', '--target', TARGET, '-Zbuild-std=std,panic_abort'], { cwd: crate, env })
  return join(work, 'target', TARGET, 'release/deps')
}

function linkHost(sysroot) {
  const host = ask(DEBIAN_RUSTC, ['--print', 'host-tuple'])
  if (host === undefined) throw new SetupError(`${DEBIAN_RUSTC} does not tell its host`)
  const folder = join(sysroot, 'lib/rustlib', host)
  mkdirSync(join(folder, 'bin'), { recursive: true })
  symlinkSync(join('/usr/lib/rustlib', host, 'lib'), join(folder, 'lib'))
  symlinkSync(LLD, join(folder, 'bin/rust-lld'))
}

/** A rename where it can be, a copy across file systems; the last step, so that a half-made sysroot is never seen. */
function moveInto(from, to) {
  try {
    renameSync(from, to)
  } catch (error) {
    if (error.code !== 'EXDEV') throw error
    const near = `${to}.${process.pid}`
    cpSync(from, near, { recursive: true, verbatimSymlinks: true })
    renameSync(near, to)
  }
}
