import { hostLanes } from '../lanes/lanes-host.js'
import { sequenceSubject } from './sequence-tasks.js'

hostLanes(sequenceSubject)
