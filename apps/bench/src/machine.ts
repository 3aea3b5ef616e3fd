import { cpus, totalmem } from 'node:os'

/** The machine, the runtime and the day, as the head of a report. */
export function machine(): string {
  const [processor] = cpus()
  return [
    new Date().toISOString().slice(0, 10),
    `${processor?.model.trim() ?? process.arch}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.versions.node} (V8 ${process.versions.v8})`,
  ].join('; ')
}
