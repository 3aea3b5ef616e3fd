import type { Tensor, Tree } from '@tapeloop/core'
import { decodeSafetensors, encodeSafetensors } from '@tapeloop/formats'
import { restoreTree, treeToSafetensors } from '@tapeloop/train'

/** Parameters as a file, which is what a checkpoint holds as `model.safetensors`, too. */
export interface Saved<Params> {
  /** The parameters as a safetensors file, each tensor by its dotted path. */
  save(params: Params): Promise<Uint8Array<ArrayBuffer>>
  /**
   * The parameters in such a file.
   *
   * @throws one sentence naming the tensor that is missing, unexpected, or of another shape or dtype
   */
  load(bytes: Uint8Array): Params
}

/** `save` and `load` of a model whose parameters are made by `init`. */
export function saved<Params extends Tree>(where: string, init: (key: Tensor) => Params): Saved<Params> {
  return {
    save: async (params) => encodeSafetensors(await treeToSafetensors(params)),
    load: (bytes) => {
      const name = `${where}.load`
      return restoreTree(init, decodeSafetensors(bytes, { name }).tensors, name)
    },
  }
}
