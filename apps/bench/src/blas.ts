/** Which BLAS makes PyTorch fast here: distributions ship some that do not know the processor. */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A way to start PyTorch. */
export interface Candidate {
  /** what is set */
  readonly with: string
  readonly env: Readonly<Record<string, string>>
}

/**
 * Everything worth trying on a processor with these features: the BLAS as it is; OpenBLAS told which kernels to take,
 * because older ones take a new processor for an old one; MKL loaded in its place, where there is one.
 */
export function blasCandidates(features: ReadonlySet<string>, mkl: string | null): Candidate[] {
  return [
    { with: 'as it is', env: {} },
    ...(features.has('avx512f')
      ? [{ with: 'OPENBLAS_CORETYPE=SkylakeX', env: { OPENBLAS_CORETYPE: 'SkylakeX' } }]
      : features.has('avx2')
        ? [{ with: 'OPENBLAS_CORETYPE=Haswell', env: { OPENBLAS_CORETYPE: 'Haswell' } }]
        : []),
    ...(mkl === null
      ? []
      : [
          {
            with: 'LD_PRELOAD',
            env: {
              LD_LIBRARY_PATH: mkl,
              LD_PRELOAD: join(mkl, 'libmkl_rt.so'),
              MKL_INTERFACE_LAYER: 'LP64,GNU',
              MKL_THREADING_LAYER: 'GNU',
            },
          },
        ]),
  ]
}

/** Features of the processor as Linux names them; none elsewhere. */
export function processorFeatures(): ReadonlySet<string> {
  const cpuinfo = process.platform === 'linux' ? readFileSync('/proc/cpuinfo', 'utf8') : ''
  return new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(' '))
}

/** The folder of `libmkl_rt.so`: TAPELOOP_MKL, or where distributions and Intel put it; null if it is nowhere. */
export function mklFolder(): string | null {
  const folders = [
    process.env['TAPELOOP_MKL'] ?? '',
    '/usr/lib/x86_64-linux-gnu',
    '/opt/intel/oneapi/mkl/latest/lib',
    join(homedir(), '.cache/tapeloop-mkl/root/usr/lib/x86_64-linux-gnu'),
  ]
  return folders.find((folder) => folder !== '' && existsSync(join(folder, 'libmkl_rt.so'))) ?? null
}
