import { expect, test } from 'vitest'
import { blasCandidates } from './blas.js'

test('OpenBLAS is told the kernels of the widest vectors there are', () => {
  const withs = (...features: string[]) => blasCandidates(new Set(features), null).map((each) => each.with)
  expect(withs('avx2', 'avx512f')).toEqual(['as it is', 'OPENBLAS_CORETYPE=SkylakeX'])
  expect(withs('avx2')).toEqual(['as it is', 'OPENBLAS_CORETYPE=Haswell'])
  expect(withs()).toEqual(['as it is'])
})

test('MKL is loaded in the place of what there is', () => {
  const [, mkl] = blasCandidates(new Set(), '/opt/mkl')
  expect(mkl!.env).toMatchObject({ LD_PRELOAD: '/opt/mkl/libmkl_rt.so', LD_LIBRARY_PATH: '/opt/mkl' })
})
