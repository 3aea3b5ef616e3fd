/**
 * Everything of Tapeloop in one place. Two names mean two things: `stack` and `linear` are the layers, the functions
 * of these names on tensors and learning rates are `core.stack` and `schedules.linear`. `schedules` has every schedule.
 */
export * from '@tapeloop/backend-wasm'
export * from '@tapeloop/core'
export * from '@tapeloop/data'
export * from '@tapeloop/formats'
export * from '@tapeloop/inspect'
export * from '@tapeloop/layers'
export * from '@tapeloop/models'
export * from '@tapeloop/train'
export { linear, stack } from '@tapeloop/layers'
export * as core from '@tapeloop/core'
export * as schedules from './schedules.js'
export { init, type InitOptions } from './init.js'
