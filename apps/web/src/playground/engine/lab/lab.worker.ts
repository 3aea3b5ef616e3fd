import { chooseBackend } from '../backend.js'
import { host } from '../worker-host.js'
import { startLab, type Lab, type LabEvent } from './lab.js'
import { gathered, type LabCommand } from './protocol.js'

host<LabCommand, readonly LabEvent[]>((post) => {
  const emit = gathered(post)
  let lab: Lab | undefined
  return async (command) => {
    if (command.type === 'start') {
      emit({ type: 'ready', backend: await chooseBackend() })
      lab?.stop()
      lab = startLab({ ...command, emit })
    } else if (command.type === 'branch') lab?.branch(command.branch)
    else if (command.type !== 'snapshots') lab?.[command.type]()
    else if (lab) emit({ type: 'snapshots', snapshots: lab.snapshots() })
  }
})
