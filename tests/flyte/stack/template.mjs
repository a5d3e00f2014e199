// Configuration files with ${NAME} in them.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('config', import.meta.url))

/** Writes `config/NAME` with its placeholders filled to the folder `target`, as `copy`; returns the new file's path. */
export function fill(name, values, target, copy = name) {
  const text = readFileSync(join(folder, name), 'utf8').replace(/\$\{(\w+)\}/g, (_, key) => {
    if (!(key in values)) throw new Error(`config/${name} asks for ${key}, which nobody gives`)
    return String(values[key])
  })
  const path = join(target, copy)
  writeFileSync(path, text)
  return path
}
