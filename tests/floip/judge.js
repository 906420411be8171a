// Holds one container to the package's own schemas. stdin: {container}; stdout: what is wrong.
'use strict'

const fs = require('fs')
const { judge } = require('./runner.js')

process.stdout.write(JSON.stringify(judge(JSON.parse(fs.readFileSync(0, 'utf-8')).container)))
