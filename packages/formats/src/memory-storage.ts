import { checkFiles, checkPath, storageError, storageProblems, type Storage } from './storage.js'

/** A storage in memory: for tests, and for pages without a place for files. It is gone with the page or the process. */
export function memoryStorage(): Storage {
  const name = 'memory'
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  const namesUnder = (folder: string): string[] => {
    const prefix = folder === '' ? '' : `${folder}/`
    return [...files.keys()]
      .filter((file) => file.startsWith(prefix))
      .map((file) => file.slice(prefix.length))
  }
  const isFolder = (path: string): boolean => path === '' || namesUnder(path).length > 0

  /** Refuses to put a file under `path` where another file is a part of the path, or a folder has the name. */
  function checkPlace(path: string): void {
    const parts = checkPath(path)
    for (let depth = 1; depth < parts.length; depth++) {
      if (files.has(parts.slice(0, depth).join('/')))
        throw storageError('write', name, path, storageProblems.notFolder)
    }
    if (isFolder(path)) throw storageError('write', name, path, storageProblems.isFolder)
  }

  return {
    name,
    async read(path) {
      checkPath(path)
      const bytes = files.get(path)
      if (bytes !== undefined) return new Uint8Array(bytes)
      throw storageError('read', name, path, storageProblems[isFolder(path) ? 'isFolder' : 'missing'])
    },
    async write(path, content) {
      checkPath(path)
      if (files.has(path) || isFolder(path)) throw storageError('write', name, path, storageProblems.taken)
      checkPlace(path)
      if (content instanceof Uint8Array) {
        files.set(path, new Uint8Array(content))
      } else {
        checkFiles(name, path, content)
        for (const [file, bytes] of Object.entries(content))
          files.set(`${path}/${file}`, new Uint8Array(bytes))
      }
    },
    async replace(path, bytes) {
      checkPlace(path)
      files.set(path, new Uint8Array(bytes))
    },
    async append(path, bytes) {
      checkPlace(path)
      const before = files.get(path) ?? new Uint8Array()
      const joined = new Uint8Array(before.length + bytes.length)
      joined.set(before)
      joined.set(bytes, before.length)
      files.set(path, joined)
    },
    async list(folder) {
      if (folder !== '') checkPath(folder)
      if (files.has(folder)) throw storageError('list', name, folder, storageProblems.notFolder)
      return [...new Set(namesUnder(folder).map((file) => file.split('/')[0]!))].toSorted()
    },
    async remove(path) {
      checkPath(path)
      files.delete(path)
      for (const file of namesUnder(path)) files.delete(`${path}/${file}`)
    },
  }
}
