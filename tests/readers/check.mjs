// Validates every CycloneDX document of a directory with the CycloneDX JavaScript library.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as CDX from '@cyclonedx/cyclonedx-library'

const directory = process.argv[2]
const names = readdirSync(directory).filter((name) => name.startsWith('cyclonedx-')).sort()
let failures = 0
for (const name of names) {
  const text = readFileSync(join(directory, name), 'utf8')
  const isXml = name.startsWith('cyclonedx-xml')
  const version = isXml ? /schema\/bom\/(\d\.\d)/.exec(text)[1] : JSON.parse(text).specVersion
  const Validator = isXml ? CDX.Validation.XmlValidator : CDX.Validation.JsonStrictValidator
  let problem
  try {
    problem = await new Validator(version).validate(text)
  } catch (error) {
    problem = error.constructor.name === 'NotImplementedError' ? null : error
    if (problem === null) {
      console.log('skip', name, 'the library has no validator for', version)
      continue
    }
  }
  console.log(problem === null ? 'ok  ' : 'FAIL', name, problem === null ? '' : problem)
  failures += problem === null ? 0 : 1
}
console.log(`${names.length} documents, ${failures} refused`)
process.exit(failures > 0 || names.length === 0 ? 1 : 0)
