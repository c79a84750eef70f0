// `npm run --silent read-code -- FILE`: prints what the page reads in a Keras program (.py, .ipynb or pasted text), as JSON.
import { readFileSync } from 'node:fs';
import { readCode } from '../www/code/read.js';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('Which file? npm run --silent read-code -- FILE');
  process.exit(2);
}
console.log(JSON.stringify(readCode(readFileSync(file, 'utf8')), null, 2));
