// Debian's package manager, as root: installs what is missing and says so first.

import { readFileSync } from 'node:fs'
import { run, say, which } from '../shell.mjs'

/** Whether packages can be installed here: Debian or a derivative, as root. */
export function canInstall() {
  return process.getuid?.() === 0 && which('apt-get') !== undefined && /debian/i.test(osRelease())
}

function osRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    return ''
  }
}

/** Installs packages with apt-get. */
export function install(packages) {
  say(`installing Debian packages: ${packages.join(' ')}`)
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  run('apt-get', ['update', '-qq'], options)
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options)
}
