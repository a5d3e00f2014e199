// One process per data folder.

import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Takes the folder's lock; returns what gives it back. Throws when another process that is alive has it. */
export function lock(folder: string): () => void {
  const path = join(folder, 'lock')
  const mine = `${process.pid} ${startTime(process.pid)}`
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, mine)
  try {
    take(path, draft, folder)
  } finally {
    rmSync(draft, { force: true })
  }
  return () => {
    if (read(path) === mine) rmSync(path, { force: true })
  }
}

function take(path: string, draft: string, folder: string): void {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      // A link appears with its content or not at all.
      linkSync(draft, path)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = read(path)
    const [pid = 0, started = 0] = (holder ?? '').split(' ').map(Number)
    if (holder !== undefined && isAlive(pid, started)) {
      throw new Error(`${folder} is in use by the sandbox with process id ${pid}; stop it or choose another --data folder`)
    }
    discard(path, holder)
  }
  throw new Error(`${path} can't be taken; remove it if no sandbox uses ${folder}`)
}

/** Removes a dead process's lock, unless somebody has just replaced it. */
function discard(path: string, stale: string | undefined): void {
  const aside = `${path}.${process.pid}.old`
  try {
    renameSync(path, aside)
    if (read(aside) !== stale) linkSync(aside, path)
  } catch {
    // Another process was quicker; the next attempt sees its lock.
  }
  rmSync(aside, { force: true })
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether the process with this id and start time still runs. */
export function isAlive(pid: number, started: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return startTime(pid) === started
}

/** When a process started, in a unit of the system's; 0 where that can't be told. It tells a reused process id. */
export function startTime(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field, a name in brackets, may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  } catch {
    return 0
  }
}
