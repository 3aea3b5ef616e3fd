import { stat } from 'node:fs/promises'
import { basename, relative, resolve } from 'node:path'
import { TapeloopError } from '@tapeloop/core'
import { collectBytes, decodeText, type ByteSource, type TextChange } from '@tapeloop/data'
import { fileSource, readText } from '@tapeloop/data/node'
import { glob, isDynamicPattern } from 'tinyglobby'
import type { Input } from '../shell.js'
import { counted } from '../terminal/numbers.js'

/** What a user names to learn from: files, wherever they are. */
export interface Source {
  /** for people: the name of the file or folder, `3 files`, `standard input` */
  readonly name: string
  readonly files: readonly SourceFile[]
}

/** A file of a source. */
export interface SourceFile {
  /** its path as errors call it */
  readonly path: string
  /** its name within the folder or the pattern that was named, with `/` between parts */
  readonly name: string
  /**
   * Its text: UTF-8, with LF as line ends.
   *
   * @throws one sentence where it cannot be read or is none
   */
  text(): Promise<{ readonly text: string; readonly changes: readonly TextChange[] }>
  /** Its bytes, for what reads tables. */
  bytes(): Promise<ByteSource>
}

/** What stands for standard input where a file is named. */
const standardInput = '-'

/**
 * Finds the files that are meant: by name, as all text files in a folder, by a pattern with `*`, or standard input.
 *
 * @param stdin what `-` reads
 * @throws one sentence where one is not there, or a folder or a pattern has no file
 */
export async function openSource(named: readonly string[], stdin: Input): Promise<Source> {
  const parts: SourceFile[][] = []
  // one after the other, so that the first that is wrong is the one that is told
  for (const name of named) parts.push(await filesOf(name, stdin))
  const files = parts.flat()
  const [only] = named
  const name =
    named.length > 1
      ? counted(files.length, 'file')
      : only === standardInput
        ? 'standard input'
        : basename(resolve(only!))
  return { name, files }
}

async function filesOf(named: string, stdin: Input): Promise<SourceFile[]> {
  if (named === standardInput) return [inputFile(stdin)]
  const found = await stat(named).catch(() => null)
  if (found?.isDirectory()) return filesIn(named)
  if (found === null && isDynamicPattern(toPattern(named))) return filesLike(named)
  return [fileAt(named, basename(named))]
}

/** On Windows people write paths with `\`, which in a pattern would take the meaning from the character after it. */
function toPattern(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path
}

async function filesIn(folder: string): Promise<SourceFile[]> {
  const names = (await glob('**/*.txt', { cwd: folder })).toSorted()
  if (names.length === 0) {
    throw new TapeloopError(
      `"${folder}" is a folder without a text file (*.txt); name one with some, or a file.`,
    )
  }
  return names.map((name) => fileAt(`${folder.replace(/[/\\]$/, '')}/${name}`, name))
}

async function filesLike(pattern: string): Promise<SourceFile[]> {
  const paths = (await glob(toPattern(pattern), { absolute: true, expandDirectories: false })).toSorted()
  if (paths.length === 0) {
    throw new TapeloopError(
      `No file is like "${pattern}"; check the pattern, and the folder that you are in.`,
    )
  }
  return paths.map((path) => fileAt(relative('.', path), basename(path)))
}

function fileAt(path: string, name: string): SourceFile {
  return { path, name, text: () => readText(path), bytes: () => fileSource(path) }
}

function inputFile(stdin: Input): SourceFile {
  const name = 'standard input'
  let whole: Promise<ByteSource> | undefined
  // it can be read once only
  const bytes = () => (whole ??= collectBytes(asBytes(stdin), { name }))
  return {
    path: name,
    name,
    bytes,
    async text() {
      const source = await bytes()
      const decoded = decodeText(await source.read(0, source.size), { name: 'Standard input' })
      if (decoded.text === '') {
        throw new TapeloopError('Standard input is empty; pipe a text into the program, or name a file.')
      }
      return decoded
    },
  }
}

async function* asBytes(stdin: Input): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of stdin) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

/** All texts of a source, one after the other, each beginning a line of its own; and what decoding them changed in all. */
export async function wholeText(
  source: Source,
): Promise<{ readonly text: string; readonly changes: readonly TextChange[] }> {
  const texts: string[] = []
  let changes: readonly TextChange[] = []
  for (const file of source.files) {
    const read = await file.text()
    texts.push(read.text)
    changes = sumOf(changes, read.changes)
  }
  return { text: texts.reduce((all, text) => (all.endsWith('\n') ? all : `${all}\n`) + text), changes }
}

function sumOf(before: readonly TextChange[], more: readonly TextChange[]): TextChange[] {
  return more.map((change) => {
    const same = before.find(({ step }) => step === change.step)
    return { ...change, changed: change.changed + (same?.changed ?? 0) }
  })
}
