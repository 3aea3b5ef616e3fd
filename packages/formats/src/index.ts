export type { SafetensorsArrays, SafetensorsDtype } from './dtypes.js'
export { memoryStorage } from './memory-storage.js'
export type { SafetensorsTensor } from './safetensors.js'
export {
  decodeSafetensors,
  type DecodeSafetensorsOptions,
  type SafetensorsFile,
} from './safetensors-reader.js'
export { encodeSafetensors } from './safetensors-writer.js'
export type { Storage } from './storage.js'
