import { existsSync } from 'node:fs'
import { TapeloopError } from '@tapeloop/core'
import { isCell, registerCell, type Cell } from '@tapeloop/layers'
import { refuseUsage } from '../errors.js'
import { importUserModule } from './user-module.js'

/**
 * Loads and registers cells that are given as files, `--cell ./my-cell.js`. What is returned names them instead; of
 * commands without that flag, such as `sample`, it is left out, for there it only says where the cell is.
 */
export async function loadOwnCells(args: readonly string[]): Promise<string[]> {
  // each of its trainings loads them itself
  if (args[0] === 'sweep') return [...args]
  const loaded: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--') return [...loaded, ...args.slice(i)]
    const [flag, file] = arg === '--cell' ? [arg, args[i + 1]] : [arg.slice(0, 6), arg.slice(7)]
    if (flag !== '--cell' || file === undefined || !/\.[cm]?[jt]s$/.test(file)) {
      loaded.push(arg)
      continue
    }
    const cell = await cellIn(file)
    try {
      registerCell(cell)
    } catch (error) {
      if (!(error instanceof TapeloopError)) throw error
      refuseUsage(`--cell names "${file}"; ${error.message}.`)
    }
    if (args[0] === 'train') loaded.push('--cell', cell.name)
    if (arg === '--cell') i++
  }
  return loaded
}

/** The one cell that a module exports. */
async function cellIn(file: string): Promise<Cell> {
  if (!existsSync(file)) refuseUsage(`--cell names "${file}", which is not there; check the path.`)
  const exported = await importUserModule(file).catch((error: Error) =>
    refuseUsage(`--cell names "${file}", which cannot be loaded: ${error.message}`),
  )
  const [cell, ...more] = new Set(Object.values(exported).filter(isCell))
  if (cell === undefined || more.length > 0) {
    const found = cell === undefined ? 'no cell' : `${more.length + 1} cells`
    refuseUsage(`--cell names "${file}", which exports ${found}; export one, made by defineCell.`)
  }
  return cell
}
