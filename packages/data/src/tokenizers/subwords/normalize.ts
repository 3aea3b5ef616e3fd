/** One step of what is done to a text before it is split. */
export type NormalizeStep =
  | { readonly name: 'NFC' | 'NFD' | 'NFKC' | 'NFKD' | 'lower-case' | 'strip-accents' }
  | { readonly name: 'strip'; readonly left: boolean; readonly right: boolean }
  | { readonly name: 'replace'; readonly from: string; readonly to: string }
  | { readonly name: 'prepend'; readonly text: string }

/** Applies steps in order. */
export function normalize(text: string, steps: readonly NormalizeStep[]): string {
  return steps.reduce(applyStep, text)
}

function applyStep(text: string, step: NormalizeStep): string {
  switch (step.name) {
    case 'lower-case':
      return text.toLowerCase()
    case 'strip-accents':
      return text.replaceAll(/\p{M}/gu, '')
    case 'strip': {
      const left = step.left ? text.replace(/^\p{White_Space}+/u, '') : text
      // the look-behind lets only the start of a run try, which keeps a long run of spaces from costing its square
      return step.right ? left.replace(/(?<!\p{White_Space})\p{White_Space}+$/u, '') : left
    }
    case 'replace':
      return text.replaceAll(step.from, () => step.to)
    case 'prepend':
      return text === '' ? '' : step.text + text
    default:
      return text.normalize(step.name)
  }
}

/** Whether steps look at no more than a few characters, so that a text may be cut between words. */
export function isLocal(steps: readonly NormalizeStep[]): boolean {
  return steps.every(({ name }) => name !== 'prepend' && name !== 'strip' && name !== 'replace')
}
