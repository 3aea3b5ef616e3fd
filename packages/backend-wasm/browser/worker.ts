import { perform, type Call } from './tasks.js'

addEventListener('message', ({ data }: MessageEvent<Call>) => {
  void perform(data).then((outcome) => postMessage(outcome))
})
