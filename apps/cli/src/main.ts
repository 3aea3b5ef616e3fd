#!/usr/bin/env node
import { runProgram } from './program.js'
import { processOutput } from './terminal/output.js'

process.exitCode = await runProgram(process.argv.slice(2), processOutput())
