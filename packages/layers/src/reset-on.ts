import { mapTree, refuse, where, type Tensor } from '@tapeloop/core'
import { around } from './around.js'
import type { Cell, ParamSpecs, StateRecord } from './cell.js'
import { columnOf, showShape } from './check.js'
import type { OptionSpecs } from './options.js'

/**
 * A cell that starts anew inside a sequence: where `starts` of the input `[batch, inputSize]`, bool `[batch]`, is true,
 * the step begins with zeros instead of the state before, and no gradient flows further back. So may documents share a
 * row: `resetOn(lstm, (x) => slice(x, [null, 0]).greater(0))` starts anew where the first feature is above 0.
 *
 * @throws the step throws where `starts` returns anything else
 */
export function resetOn<Options extends OptionSpecs, Shapes extends StateRecord, Specs extends ParamSpecs>(
  cell: Cell<Options, Shapes, Specs>,
  starts: (x: Tensor) => Tensor,
): Cell<Options, Shapes, Specs> {
  return around(cell, { label: 'resetOn', title: 'with resets inside a sequence' }, ({ state, x, run }) => {
    const isStart = starts(x)
    if (isStart.dtype !== 'bool' || isStart.rank !== 1 || isStart.shape[0] !== x.shape[0]) {
      refuse(
        'resetOn',
        `starts returns ${isStart.dtype} ${showShape(isStart.shape)}; it must be bool [${x.shape[0]}], one for each row of x`,
      )
    }
    const { next, y } = run({
      state: mapTree(state, (leaf) => where(columnOf(isStart, leaf), 0, leaf)) as typeof state,
    })
    return { ...next, ...(y && { y }) }
  })
}
