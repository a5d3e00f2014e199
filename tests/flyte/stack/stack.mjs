// The real server, whole: PostgreSQL, MinIO, FlyteAdmin and Envoy on free ports of the loopback interface.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, SetupError } from '../../../scripts/shell.mjs'
import { buildAdmin, startAdmin } from './admin.mjs'
import { findEnvoy, startEnvoy } from './envoy.mjs'
import { buildMinio, startMinio } from './minio.mjs'
import { startIssuer } from './oidc.mjs'
import { freePorts } from './ports.mjs'
import { findPostgres, startPostgres } from './postgres.mjs'
import { Processes } from './process.mjs'

/** The programs of a stack; builds or installs what is missing, throws `Unavailable` for what can't be had here. */
export function prepareStack() {
  return { admin: buildAdmin(), minio: buildMinio(), envoy: findEnvoy(), postgres: findPostgres() }
}

/**
 * Starts a stack; its files and logs are in `target/flyte/NAME`. With `auth`, FlyteAdmin wants a token, which it issues itself.
 * `settings` are placeholders of `config/admin.yaml`. Call `stop()` in the end.
 */
export async function startStack(programs, { name, auth = false, settings }) {
  const folder = emptyFolder(name)
  const processes = new Processes(folder)
  const ports = await freePorts('postgres', 'storage', 'http', 'grpc', 'profiler', 'envoy')
  const issuer = auth ? await startIssuer() : undefined
  const stop = async () => {
    await issuer?.stop()
    await processes.stop()
    rmSync(join(folder, 'pid'), { force: true })
  }
  try {
    await Promise.all([
      startPostgres(processes, { bin: programs.postgres, folder, port: ports.postgres }),
      startMinio(processes, { program: programs.minio, folder, port: ports.storage }),
    ])
    await startAdmin(processes, { program: programs.admin, folder, ports, issuer: issuer?.url, settings })
    await startEnvoy(processes, { program: programs.envoy, folder, ports })
  } catch (error) {
    await stop()
    throw error
  }
  const at = (port) => `127.0.0.1:${port}`
  return {
    folder,
    endpoint: `http://${at(ports.envoy)}`,
    grpc: at(ports.grpc),
    http: `http://${at(ports.http)}`,
    storage: `http://${at(ports.storage)}`,
    stop,
  }
}

/** What a test is told of a stack. */
export function environment({ endpoint, grpc, http, storage }) {
  return { FLYTE_SERVER: 'flyteadmin', FLYTE_ENDPOINT: endpoint, FLYTE_GRPC: grpc, FLYTE_HTTP: http, FLYTE_STORAGE: storage }
}

/** A folder for one stack at a time. */
function emptyFolder(name) {
  const folder = join(root, 'target/flyte', name)
  const owner = join(folder, 'pid')
  const pid = read(owner)
  if (pid && isAlive(pid)) throw new SetupError(`a stack runs in ${folder} already (process ${pid})`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(owner, String(process.pid))
  return folder
}

function read(file) {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
