// FlyteAdmin: migrated, seeded with two projects, and served.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { goProgram } from './go.mjs'
import { BUCKET, KEYS } from './minio.mjs'
import { fill } from './template.mjs'

/** The release that the stack runs. */
export const VERSION = '1.16.8'

/** The projects that exist from the start. */
export const PROJECTS = ['flytesnacks', 'e2e']

/** The program: the one that FLYTEADMIN_PROGRAM of the environment names, or built when the cache lacks it. */
export function buildAdmin() {
  if (process.env.FLYTEADMIN_PROGRAM) return process.env.FLYTEADMIN_PROGRAM
  const stamp = 'github.com/flyteorg/flyte/flytestdlib/version'
  const ldflags = `-checklinkname=0 -X ${stamp}.Version=v${VERSION} -X ${stamp}.Build=flyte-remote`
  return goProgram({ name: 'flyteadmin', version: VERSION, module: 'admin', source: 'github.com/flyteorg/flyte/flyteadmin', ldflags })
}

/** Starts the server on `ports`. `issuer` switches auth on: the OpenID provider to which the server sends people. */
export async function startAdmin(processes, { program, folder, ports, issuer, settings = {} }) {
  const secrets = join(folder, 'secrets')
  const values = {
    HTTP_PORT: ports.http,
    GRPC_PORT: ports.grpc,
    ENVOY_PORT: ports.envoy,
    PROFILER_PORT: ports.profiler,
    POSTGRES_PORT: ports.postgres,
    STORAGE_PORT: ports.storage,
    BUCKET,
    ACCESS_KEY: KEYS.accessKey,
    SECRET_KEY: KEYS.secretKey,
    KUBECONFIG: fill('kubeconfig.yaml', {}, folder),
    SECRETS: secrets,
    ISSUER: issuer ?? '',
    AUTH: issuer !== undefined,
    V2_SIGNING: false,
    DATA_SCHEME: 'none',
    SIGNED_DATA: false,
    ...settings,
  }
  const config = ['--config', fill('admin.yaml', values, folder)]
  // Any variable whose name is a key of the configuration (SERVER, AUTH, FLYTEADMIN) would replace that part of the file.
  const options = { cwd: folder, env: { PATH: process.env.PATH } }
  await processes.run('migrate', program, ['migrate', 'run', ...config], options)
  await processes.run('seed', program, ['migrate', 'seed-projects', ...PROJECTS, ...config], options)
  if (issuer) {
    mkdirSync(secrets, { recursive: true })
    await processes.run('secrets', program, ['secret', 'init', '--localPath', secrets, ...config], options)
    writeFileSync(join(secrets, 'oidc_client_secret'), 'secret')
  }
  const server = processes.start('flyteadmin', program, ['serve', ...config], options)
  await processes.ready(server, async () => {
    const { ok } = await fetch(`http://127.0.0.1:${ports.http}/healthcheck`)
    return ok || undefined
  })
}
