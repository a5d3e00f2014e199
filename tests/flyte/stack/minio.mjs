// MinIO: the object store that signed URLs lead to. It checks signatures, Content-MD5 and expiry as S3 does.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { goProgram } from './go.mjs'

/** The bucket that FlyteAdmin works in. */
export const BUCKET = 'flyte'

/** What the store is opened with. */
export const KEYS = { accessKey: 'minio', secretKey: 'miniostorage' }

/** The program, built when the cache lacks it. */
export function buildMinio() {
  return goProgram({
    name: 'minio',
    version: '2026-02-12',
    module: 'minio',
    source: 'github.com/minio/minio',
    what: 'github.com/minio/minio',
  })
}

/** Starts a store on `port`, with its objects below `folder`. */
export async function startMinio(processes, { program, folder, port }) {
  const env = {
    ...process.env,
    MINIO_ROOT_USER: KEYS.accessKey,
    MINIO_ROOT_PASSWORD: KEYS.secretKey,
    MINIO_BROWSER: 'off',
    MINIO_UPDATE: 'off',
  }
  // A bucket is a folder. FlyteAdmin makes it at its first own write only, too late for a signed upload.
  mkdirSync(join(folder, 'minio', BUCKET), { recursive: true })
  const args = ['server', '--quiet', '--address', `127.0.0.1:${port}`, '--certs-dir', join(folder, 'certs'), join(folder, 'minio')]
  const server = processes.start('minio', program, args, { env, cwd: folder })
  await processes.ready(server, async () => {
    const { ok } = await fetch(`http://127.0.0.1:${port}/minio/health/ready`)
    return ok || undefined
  })
}
