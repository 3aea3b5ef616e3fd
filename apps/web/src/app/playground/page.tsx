import { Hub } from '../../playground/hub.js'

export default Hub
