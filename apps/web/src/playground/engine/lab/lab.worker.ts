import { hostLanes } from '../lanes/lanes-host.js'
import { labSubject } from './lab.js'

hostLanes(labSubject)
