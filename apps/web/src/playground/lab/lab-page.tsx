'use client'

import { useState } from 'react'
import { seriesColor } from '../../design/palette.js'
import { wholeState, type Observation } from '../engine/lab/observe.js'
import type { LabFacts } from '../engine/lab/lab.js'
import type { LanesWorker } from '../engine/lanes/session.js'
import { observeEvery } from '../engine/lanes/setup.js'
import { labAddress } from '../engine/lab/address.js'
import { labTasks } from '../engine/lab/tasks.js'
import { Chip, Choice } from '../ui/controls.js'
import { Curves, type Curve } from '../ui/curves.js'
import { BranchForm } from '../ui/branch-form.js'
import { HeatLegend } from './heat-map.js'
import { LanePicture, verdictOf } from './lane-picture.js'
import styles from '../ui/page.module.css'
import { Panel } from '../ui/panel.js'
import { PlaygroundPage, Problem } from '../ui/playground-page.js'
import { RunBar } from '../ui/run-bar.js'
import { useSeek } from '../ui/use-seek.js'
import { nameOf, observationAt } from '../ui/lane-head.js'
import { Eigenvalues, Reach, Space, Traces, Triangle } from './panels.js'
import { SetupForm } from '../ui/setup-form.js'
import { useLanes, type LanesPage } from '../ui/use-lanes.js'

const { parse, print } = labAddress

const labPage: LanesPage<LabFacts, Observation> = {
  address: labAddress,
  key: 'gradient-lab 3',
  makeWorker: () =>
    new Worker(new URL('../engine/lab/lab.worker.ts', import.meta.url), { type: 'module' }) as LanesWorker<
      LabFacts,
      Observation
    >,
}

/** The gradient lab: cells side by side, what flows back through them, and what it makes of them. */
export function LabPage() {
  const { session, view, isReady, saved, change, restart, resume } = useLanes(labPage)
  const { setup, status, lanes, version } = view
  const [focused, setFocused] = useState('')
  const [entry, setEntry] = useState('h')
  const [traced, setTraced] = useState('')
  const task = labTasks[setup.task]!
  const every = observeEvery(setup)
  const done = Math.max(0, ...lanes.map(({ step }) => step))
  const seek = useSeek(done)
  const { at } = seek
  const entries = [...new Set(lanes.flatMap(({ observations: [first] }) => Object.keys(first?.flow ?? {})))]

  const begin = (next: typeof setup) => {
    seek.seek(null)
    change(next)
  }
  const seen = lanes.flatMap((lane, color) => {
    const observation = observationAt(lane, at)
    return observation === null ? [] : [{ id: nameOf(lane), color, observation, lane }]
  })
  const focus = seen.find(({ lane }) => lane.lane.id === focused) ?? seen.at(-1)
  const steps = Array.from({ length: Math.floor(done / every) + 1 }, (_, i) => i * every)
  const curvesOf = (read: (index: number, step: number) => number | null): Curve[] =>
    lanes.map((lane, color) => ({
      label: nameOf(lane),
      color,
      dashed: lane.lane.from !== undefined,
      values: steps.map((step) => read(color, step)),
    }))
  const observed = lanes.map(
    ({ observations }) => new Map(observations.map((observation) => [observation.step, observation])),
  )
  const traces = focus && { ...focus.observation.states, ...focus.observation.gates }
  const trace =
    traces && (traces[traced] ? traced : Object.keys(traces).includes('c') ? 'c' : Object.keys(traces)[0]!)

  return (
    <PlaygroundPage
      page="gradient-lab"
      title="Gradient lab"
      lead={
        'To learn from what was long ago, a network needs a gradient that reaches back. Train some side by side, and ' +
        'watch how far each one’s does.'
      }
      isShown={(query) => print(parse(query)) === print({ ...setup, branches: [] })}
      onPreset={(query) => begin(parse(query))}
    >
      <SetupForm tasks={labTasks} setup={setup} onChange={begin} />
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
      <p className={styles.hidden} role="status">
        {lanes.map((lane) => `${nameOf(lane)} ${verdictOf(lane, task, null)}.`).join(' ')}
      </p>

      <div className={styles.stage}>
        <div className={styles.over}>
          {seen.length === 0 ? (
            <p className={styles.empty}>
              {status === 'starting'
                ? 'Compiling the networks…'
                : 'Press Train: in ten seconds you see which network forgets, and which remembers.'}
            </p>
          ) : (
            <>
              {lanes.map((lane, color) => (
                <LanePicture
                  key={lane.lane.id}
                  {...{ lane, color, task, version, entry, every, at }}
                  end={setup.steps}
                  onSeek={seek.seek}
                />
              ))}
              <HeatLegend />
              <div>
                <h2 className={styles.chartTitle}>
                  Loss <small>of the answer that needs memory, on sequences no network was trained on</small>
                </h2>
                <Curves
                  label={`Loss over the training. ${lanes
                    .map(
                      (lane) =>
                        `${nameOf(lane)}: ${observationAt(lane, at)?.loss.toPrecision(2) ?? 'none yet'}.`,
                    )
                    .join(' ')}`}
                  {...{ steps, at }}
                  end={setup.steps}
                  curves={curvesOf((lane, step) => positive(observed[lane]!.get(step)?.loss))}
                  marks={[{ value: task.baseline, label: 'without memory' }]}
                  isLog
                  hasAxis={false}
                />
              </div>
              <div>
                <h2 className={styles.chartTitle}>
                  Spectral radius <small>of one step’s Jacobian, in the middle of a sequence</small>
                </h2>
                <Curves
                  label="Spectral radius over the training"
                  {...{ steps, at }}
                  end={setup.steps}
                  curves={curvesOf((lane, step) => observed[lane]!.get(step)?.spectrum?.radius ?? null)}
                  marks={[{ value: 1, label: '1: neither grows nor dies' }]}
                  height={140}
                />
              </div>
              {focus?.observation.space && (
                <section className={styles.panel}>
                  <h2 className={styles.panelTitle}>State space of {focus.id}</h2>
                  <Space
                    points={focus.observation.space.points}
                    inputs={focus.lane.facts.inputs}
                    names={task.inputs}
                    label={`The states ${focus.observation.space.entry} of ${focus.id} on the plane in which they spread most`}
                  />
                  <p className={styles.note}>
                    The state {focus.observation.space.entry} after every symbol of 16 sequences, on the plane
                    in which the states spread most ({Math.round(100 * focus.observation.space.explained)} %
                    of it). A network that has found the rules keeps apart what must be told apart.
                  </p>
                </section>
              )}
              <section className={styles.panel}>
                <h2 className={styles.panelTitle}>Leave the past behind, differently</h2>
                <p className={styles.note}>
                  Choose an earlier step above or in a picture; every picture shows it. Then go on from there
                  with something changed, as one more curve.
                </p>
                <BranchForm
                  {...{ lanes }}
                  task={task}
                  step={at ?? done}
                  onBranch={(branch) => session.branch(branch)}
                />
              </section>
            </>
          )}
        </div>

        {focus && traces && trace && (
          <div className={styles.inside}>
            <h2>Inside, at step {at ?? done}</h2>
            <Choice
              label="Gradient in"
              value={entries.includes(entry) ? entry : wholeState}
              options={entries.map(
                (name) => [name, name === wholeState ? 'the whole state' : `the state ${name}`] as const,
              )}
              onChange={setEntry}
            />
            <Panel
              title="What is left of the gradient"
              note="How large ‖∂L/∂h‖ is at each time step, beside its largest. L is the loss of the last answer."
            >
              <Reach {...{ seen, entry }} />
            </Panel>
            <Panel
              title="Eigenvalues of one step"
              note="What lies inside the circle shrinks at every step; on it, it lasts; outside, it grows."
            >
              <Eigenvalues seen={seen} />
            </Panel>
            <div role="group" aria-label="Which network to look into" className={styles.cells}>
              {seen.map(({ id, color, lane }) => (
                <Chip
                  key={lane.lane.id}
                  color={seriesColor(color)}
                  aria-pressed={lane === focus.lane}
                  onClick={() => setFocused(lane.lane.id)}
                >
                  {id}
                </Chip>
              ))}
            </div>
            <Panel
              title={`States and gates of ${focus.id} on one sequence`}
              note="A line for each unit. A state that remembers stays where it was put."
            >
              <Choice
                label="Shown"
                value={trace}
                options={Object.keys(traces).map(
                  (name) =>
                    [name, focus.observation.states[name] ? `state ${name}` : `gate ${name}`] as const,
                )}
                onChange={setTraced}
              />
              <Traces
                trace={traces[trace]!}
                color={focus.color}
                label={`The units of ${trace} of ${focus.id} over the time steps of one sequence`}
              />
            </Panel>
            <Panel
              title={`Gates of ${focus.id}`}
              note={
                Object.keys(focus.observation.saturation).length === 0
                  ? 'This cell passes nothing through a sigmoid: it has no gates.'
                  : 'A point for each unit: right, it is open most of the time; up, closed; near the corner, in between.'
              }
            >
              {Object.keys(focus.observation.saturation).length > 0 && (
                <Triangle observation={focus.observation} />
              )}
            </Panel>
          </div>
        )}
      </div>
    </PlaygroundPage>
  )
}

/** A number that a scale of powers of ten can show. */
function positive(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? Math.max(value, 1e-8) : null
}
