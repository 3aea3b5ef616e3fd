'use client'

import { useCallback, useMemo, useState } from 'react'
import { observeEvery } from '../engine/lanes/setup.js'
import type { LanesWorker } from '../engine/lanes/session.js'
import { sequenceAddress } from '../engine/sequence-tasks/address.js'
import { parseLook, printLook, type Look } from '../engine/sequence-tasks/look.js'
import type { SequenceObservation } from '../engine/sequence-tasks/observe.js'
import { sequenceTasks } from '../engine/sequence-tasks/tasks.js'
import { Choice } from '../ui/controls.js'
import { Curves } from '../ui/curves.js'
import { nameOf, observationAt } from '../ui/lane-head.js'
import pages from '../ui/page.module.css'
import { Panel } from '../ui/panel.js'
import { PlaygroundPage, Problem } from '../ui/playground-page.js'
import { RunBar } from '../ui/run-bar.js'
import { SetupForm } from '../ui/setup-form.js'
import { useLanes, type LanesPage } from '../ui/use-lanes.js'
import { useSeek } from '../ui/use-seek.js'
import { LanePlane, verdictOf } from './lane-plane.js'
import { Machine } from './machine.js'
import { Predictions, StringStepper } from './reading.js'
import styles from './sequence.module.css'

const { parse, print } = sequenceAddress

const sequencePage: LanesPage<null, SequenceObservation> = {
  address: sequenceAddress,
  key: 'sequence-tasks 1',
  makeWorker: () =>
    new Worker(new URL('../engine/sequence-tasks/sequence-tasks.worker.ts', import.meta.url), {
      type: 'module',
    }) as LanesWorker<null, SequenceObservation>,
}

/** Toy tasks with known states: the machine that makes the strings, beside what networks make of it. */
export function SequencePage() {
  const [look, setLook] = useState<Look>(() => parseLook(''))
  const read = useCallback((address: string) => setLook(parseLook(address)), [])
  const { session, view, isReady, saved, change, restart, resume } = useLanes(sequencePage, {
    read,
    print: (address) => printLook(address, look),
  })
  const { setup, status, lanes } = view
  const task = sequenceTasks[setup.task]!
  const every = observeEvery(setup)
  const done = Math.max(0, ...lanes.map(({ step }) => step))
  const seek = useSeek(done)
  const { at } = seek
  const { lag } = setup
  const automaton = useMemo(() => task.automaton(lag), [task, lag])
  const strings = useMemo(() => task.strings(lag).drawn, [task, lag])
  const shown = { ...look, string: Math.min(look.string, strings.length - 1) }
  const string = strings[shown.string]!
  const time = Math.min(shown.time, string.nodes.length - 1)

  const begin = (next: typeof setup) => {
    seek.seek(null)
    if (next.task !== setup.task) setLook(parseLook(''))
    change(next)
  }
  const seen = lanes.flatMap((lane, color) => {
    const observation = observationAt(lane, at)
    return observation === null ? [] : [{ id: nameOf(lane), color, observation }]
  })
  const entries = [...new Set(lanes.flatMap(({ observations: [first] }) => Object.keys(first?.planes ?? {})))]
  const steps = Array.from({ length: Math.floor(done / every) + 1 }, (_, i) => i * every)
  const { measure } = task

  return (
    <PlaygroundPage
      page="sequence-tasks"
      title="Sequence tasks"
      lead={
        'Behind each of these strings is a small machine. Train networks to say what may come next, and see whether ' +
        'they find its states.'
      }
      isShown={(query) => print(parse(query)) === print(setup)}
      onPreset={(query) => {
        begin(parse(query))
        setLook(parseLook(query))
      }}
    >
      <SetupForm tasks={sequenceTasks} setup={setup} onChange={begin} />
      <RunBar
        {...{ view, every, seek }}
        canStart={isReady}
        onStart={() => session.start()}
        onPause={() => session.pause()}
        onStep={() => session.step()}
        onRestart={restart}
        kept={
          saved && {
            name: 'session',
            step: Math.max(0, ...saved.lanes.map(({ step }) => step)),
            open: resume,
          }
        }
        step={done}
        total={setup.steps}
        promise="Everything is computed in this tab; nothing is sent anywhere."
        facts={
          view.speed === null ? [] : [`${Math.round(view.speed).toLocaleString('en')} sequences a second`]
        }
      />
      <Problem message={view.message} />
      <p className={pages.hidden} role="status">
        {lanes.map((lane) => `${nameOf(lane)} ${verdictOf(lane, task, null)}.`).join(' ')}
      </p>

      <div className={pages.stage}>
        <div className={pages.over}>
          {seen.length === 0 ? (
            <p className={pages.empty}>
              {status === 'starting'
                ? 'Compiling the networks…'
                : 'Press Train: in a few seconds a cloud of states falls apart into those of the machine.'}
            </p>
          ) : (
            <>
              <div className={styles.look}>
                {task.probe !== null && (
                  <Choice
                    label="Plane"
                    value={look.plane}
                    options={[
                      ['spread', 'in which the states spread most'],
                      ['probe', `of a linear probe of ${task.probe}`],
                    ]}
                    onChange={(plane) => setLook({ ...look, plane: plane as Look['plane'] })}
                  />
                )}
                {entries.length > 1 && (
                  <Choice
                    label="Drawn"
                    value={entries.includes(look.entry) ? look.entry : entries[0]!}
                    options={entries.map((name) => [name, `the state ${name}, where a cell has it`] as const)}
                    onChange={(entry) => setLook({ ...look, entry })}
                  />
                )}
              </div>
              <div className={styles.planes}>
                {lanes.map((lane, color) => (
                  <LanePlane
                    key={lane.lane.id}
                    {...{ lane, color, task, automaton, strings, at }}
                    look={shown}
                  />
                ))}
              </div>
              <p className={pages.note}>{task.look}</p>
              <div>
                <h2 className={pages.chartTitle}>
                  {measure.title} <small>{measure.about}</small>
                </h2>
                <Curves
                  label={`${measure.title} over the training. ${seen
                    .map(({ id, observation }) => `${id}: ${measure.print(observation.measure)}.`)
                    .join(' ')}`}
                  {...{ steps, at }}
                  end={setup.steps}
                  curves={lanes.map((lane, color) => {
                    const measured = new Map(lane.observations.map(({ step, measure }) => [step, measure]))
                    return {
                      label: nameOf(lane),
                      color,
                      dashed: lane.lane.from !== undefined,
                      values: steps.map((step) => finite(measured.get(step))),
                    }
                  })}
                  marks={measure.mark ? [measure.mark] : []}
                  isLog={measure.isLog}
                  range={measure.range}
                  height={180}
                />
              </div>
            </>
          )}
        </div>
        <div className={pages.inside}>
          <h2>The machine</h2>
          <Machine
            {...{ automaton }}
            from={time > 0 ? string.nodes[time - 1]! : null}
            at={string.nodes[time]!}
            label={`The automaton of ${task.title}. After ${string.read.slice(0, time + 1).join(' ')} it is in the state ${automaton.nodes[string.nodes[time]!]!.label || 'without a name'}.`}
          />
          <Panel
            title="Step through a string"
            note={
              seen.length === 0
                ? 'Once networks are trained, their way is drawn in their pictures, too.'
                : 'The line is the way of the string through the states of each network; the ring is where it stands.'
            }
          >
            <StringStepper {...{ strings }} look={shown} onChange={setLook} />
            <Predictions {...{ task, strings }} look={shown} speakers={seen} />
          </Panel>
        </div>
      </div>
    </PlaygroundPage>
  )
}

/** A number that can be drawn. */
const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null
