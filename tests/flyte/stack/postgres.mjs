// PostgreSQL: a server of its own with an empty data folder, as an unprivileged user, without durability.

import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as debian from '../../../scripts/setup/debian.mjs'
import { ask, which } from '../../../scripts/shell.mjs'
import { Unavailable } from './unavailable.mjs'

const DEBIAN = '/usr/lib/postgresql'

/** The folder of PostgreSQL's programs, installed first where that is possible. */
export function findPostgres() {
  const found = programs()
  if (found) return found
  if (!debian.canInstall()) throw new Unavailable('PostgreSQL is missing (Debian: apt-get install postgresql)')
  debian.install(['postgresql'])
  return programs()
}

function programs() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => b - a) : []
  const folders = [...versions.map((version) => join(DEBIAN, version, 'bin')), which('initdb') && dirname(which('initdb'))]
  return folders.find((folder) => folder && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** Starts a server on `port`; its files are below `folder` if its user can get there, else in the system's temporary folder. */
export async function startPostgres(processes, { bin, folder, port }) {
  const user = process.getuid() === 0 ? unprivileged() : undefined
  const data = dataFolder(folder, user)
  const env = { ...process.env, LC_ALL: 'C' }
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync', '--no-instructions']
  await processes.run('initdb', join(bin, 'initdb'), initdb, { user, env, cwd: data })
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    shared_buffers: '32MB',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // SIGINT: disconnect the clients, then end.
  const server = processes.start('postgres', join(bin, 'postgres'), ['-D', data, ...options], { user, env, cwd: data, stopWith: 'SIGINT' })
  await processes.ready(server, () => accepts(port))
}

function unprivileged() {
  const name = ['postgres', 'nobody'].find((name) => ask('id', ['-u', name]) !== undefined)
  if (!name || !which('setpriv'))
    throw new Unavailable('PostgreSQL refuses to run as root; it needs a user postgres or nobody, and setpriv')
  return { uid: Number(ask('id', ['-u', name])), gid: Number(ask('id', ['-g', name])) }
}

function dataFolder(folder, user) {
  const inside = join(folder, 'postgres')
  mkdirSync(inside, { mode: 0o700, recursive: true })
  if (!user) return inside
  chownSync(inside, user.uid, user.gid)
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  if (ask('setpriv', [...identity, 'test', '-w', inside], { cwd: '/' }) !== undefined) return inside
  const outside = mkdtempSync(join(tmpdir(), 'flyte-remote-postgres-'))
  chownSync(outside, user.uid, user.gid)
  process.on('exit', () => rmSync(outside, { recursive: true, force: true }))
  return outside
}

/** Whether a client would be let in now. */
async function accepts(port) {
  const socket = connect(port, '127.0.0.1')
  try {
    return await new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed')))
      socket.once('data', (answer) => (answer[0] === 'R'.charCodeAt(0) ? resolve(true) : reject(new Error('not yet'))))
      socket.write(startupMessage({ user: 'postgres', database: 'postgres' }))
    })
  } finally {
    socket.destroy()
  }
}

/** The first message of a client, protocol 3.0. The server answers R (authentication) when it is ready, E (error) before. */
function startupMessage(parameters) {
  const text = Object.entries(parameters).flat().join('\0')
  const message = Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 3, 0, 0]), Buffer.from(`${text}\0\0`)])
  message.writeUInt32BE(message.length)
  return message
}
