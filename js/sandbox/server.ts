// A sandbox on loopback: core, journal, processes and both ports, started and ended together.

import { mkdirSync } from 'node:fs'
import type { Http2Server, ServerHttp2Session } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { resolve } from 'node:path'
import { type Core, newCore } from './core.js'
import { grpcServer } from './grpc.js'
import { httpServer } from './http.js'
import type { RunningSandbox, SandboxOptions } from './index.js'
import { Journal } from './journal.js'
import { lock } from './lock.js'
import { Plane } from './plane.js'
import { Processes, sweep } from './processes.js'
import { temporaryFolder } from './scratch.js'

const HOST = '127.0.0.1'

/** What has to be undone, last first. */
type Endings = (() => unknown)[]

/** Starts everything, or nothing. */
export async function serve(options: SandboxOptions, randomSeed: bigint): Promise<RunningSandbox> {
  const endings: Endings = []
  const close = async () => {
    for (const end of endings.splice(0).reverse()) await end()
  }
  try {
    const { plane, core } = await open(options, randomSeed, endings)
    const http = httpServer(plane, options.www)
    const url = `http://${await listen(http, options.port ?? 0, endings)}`
    core.setPublicUrl(url)
    const grpcUrl = options.grpcPort === false ? '' : await listen(grpcServer(plane), options.grpcPort ?? 0, endings)
    plane.resume()
    return { url, grpcUrl, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

async function open(options: SandboxOptions, randomSeed: bigint, endings: Endings): Promise<{ plane: Plane; core: Core }> {
  const engine = options.engine ?? true
  const given = options.seed === undefined ? randomSeed : BigInt(options.seed)
  if (options.data === undefined) {
    const processes = new Processes(await temporaryFolder(), true, options.maxProcesses)
    endings.push(() => processes.close())
    const core = newCore(given, processes.root, engine)
    const plane = new Plane(core, processes)
    endings.push(() => plane.close())
    return { plane, core }
  }
  const data = resolve(options.data)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  endings.push(lock(data))
  const journal = Journal.open(data, given)
  endings.push(() => journal.close())
  const runs = resolve(data, 'runs')
  await sweep(runs)
  const processes = new Processes(runs, false, options.maxProcesses)
  endings.push(() => processes.close())
  const core = newCore(journal.seed, runs, engine)
  const plane = new Plane(core, processes, (event) => journal.append(event))
  endings.push(() => plane.close())
  plane.restore(journal.events())
  return { plane, core }
}

/** Listens on loopback; returns host and port. */
async function listen(server: Server | Http2Server, port: number, endings: Endings): Promise<string> {
  const sessions = new Set<ServerHttp2Session>()
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? inUse(port) : error))
    server.listen(port, HOST, resolve)
  })
  endings.push(() => {
    for (const session of sessions) session.destroy()
    if ('closeAllConnections' in server) (server as { closeAllConnections(): void }).closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `${HOST}:${(server.address() as AddressInfo).port}`
}

const inUse = (port: number) => new Error(`port ${port} of ${HOST} is in use; stop what uses it or choose another one (0 for any free one)`)
