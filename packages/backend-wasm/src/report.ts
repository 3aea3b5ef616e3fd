import type { KernelUse } from '@tapeloop/core'
import type { Call, HostCall, Instruction } from './lower/plan.js'

/** The kernels that a run of these instructions calls, and how often. */
export function kernelUses(instructions: readonly Instruction[]): readonly KernelUse[] {
  const uses = new Map<string, KernelUse>()
  const visit = (list: readonly Instruction[], times: number) => {
    for (const instruction of list) {
      if (instruction.kind === 'loop') {
        visit(instruction.body, times * instruction.count)
        continue
      }
      if (instruction.kind === 'together') {
        for (const part of instruction.parts) visit(part, times)
        continue
      }
      const { name, fused } = describe(instruction)
      const text = [name, ...fused].join()
      uses.set(text, { name, fused, calls: (uses.get(text)?.calls ?? 0) + times })
    }
  }
  visit(instructions, 1)
  return [...uses.values()].toSorted((a, b) => b.calls - a.calls)
}

/** The key of a kernel that is generated for a program of ops ends in that program. */
function describe(instruction: Call | HostCall): Pick<KernelUse, 'name' | 'fused'> {
  if (instruction.kind === 'host') return { name: 'reference kernel', fused: [] }
  const { key } = instruction.kernel
  const at = key.indexOf('{')
  if (at < 0) return { name: key, fused: [] }
  const { steps }: { readonly steps: readonly { readonly op: string }[] } = JSON.parse(key.slice(at))
  return { name: key.slice(0, at).trim(), fused: steps.map(({ op }) => op) }
}
