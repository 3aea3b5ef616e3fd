import { chooseBackend } from '../backend.js'
import { host } from '../worker-host.js'
import { startLanes, type LaneEvent, type Lanes, type SubjectOf } from './lanes.js'
import { gathered, type LaneCommand } from './protocol.js'

/** Answers the commands of a page with lanes side by side, from within a worker. */
export function hostLanes<Facts, Observation>(subjectOf: SubjectOf<Facts, Observation>): void {
  host<LaneCommand, readonly LaneEvent<Facts, Observation>[]>((post) => {
    const emit = gathered(post)
    let lanes: Lanes | undefined
    return async (command) => {
      if (command.type === 'start') {
        emit({ type: 'ready', backend: await chooseBackend() })
        lanes?.stop()
        lanes = startLanes({ ...command, subjectOf, emit })
      } else if (command.type === 'branch') lanes?.branch(command.branch)
      else if (command.type !== 'snapshots') lanes?.[command.type]()
      else if (lanes) emit({ type: 'snapshots', snapshots: lanes.snapshots() })
    }
  })
}
