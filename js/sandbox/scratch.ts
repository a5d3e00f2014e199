// Folders for the runs of sandboxes without a data folder.

import { mkdtempSync, realpathSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isAlive, startTime } from './lock.js'
import { sweep } from './processes.js'

const NAME = 'flyte-sandbox'

/** A fresh folder. What sandboxes that were killed have left is removed first, their processes too. */
export async function temporaryFolder(): Promise<string> {
  const parent = realpathSync(tmpdir())
  for (const name of await readdir(parent)) {
    const [, pid, started] = /^flyte-sandbox-(\d+)-(\d+)-/.exec(name) ?? []
    if (pid !== undefined && !isAlive(Number(pid), Number(started))) await removeMine(join(parent, name))
  }
  return mkdtempSync(join(parent, `${NAME}-${process.pid}-${startTime(process.pid)}-`))
}

async function removeMine(folder: string): Promise<void> {
  const owner = await stat(folder).catch(() => undefined)
  if (owner?.uid !== process.getuid?.()) return
  await sweep(folder)
  await rm(folder, { recursive: true, force: true })
}
