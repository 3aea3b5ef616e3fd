export { constant, cosine, linear } from '@tapeloop/train'
