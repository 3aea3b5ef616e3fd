#!/usr/bin/env node
import { runProgram } from './program.js'
import { processOutput } from './terminal/output.js'

await runProgram(process.argv.slice(2), processOutput())
