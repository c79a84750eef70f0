#!/usr/bin/env bash
# @lezer/python 1.1.19, the Python grammar of CodeMirror's lang-python: a number that ends with its decimal point is an error
# in the tree. Python takes `1.`, `20.` and `1./255` for numbers, and programs for Keras are full of them: Rescaling(1./255),
# Masking(mask_value=0.), class_weight={0: 1., 1: 2.}. `1.0`, `.5` and even `1.e-3` are read.
#
# Nothing is highlighted wrongly enough to be noticed, but whoever reads the tree finds no number: in `1./255` the dividend is
# an error node of two characters, and in `f(0.)` so is the only argument.
#
# Seen: "1.0 .5 1.e-3 1_000: 0 errors each; 1. 20. 1./255 f(0.): 1 error each", and Python's own parser takes them all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes > /dev/null
npm install --silent --no-audit --no-fund @lezer/python@1.1.19 @lezer/common@1.5.5 > /dev/null
cat > point.mjs <<'JS'
import { parser } from '@lezer/python';

const errors = (text) => {
  let count = 0;
  parser.parse(`x = ${text}\n`).iterate({ enter: (node) => void (count += node.type.isError) });
  return count;
};
for (const text of process.argv.slice(2)) console.log(text, errors(text));
JS
texts=(1.0 .5 1.e-3 1_000 1. 20. 1./255 'f(0.)')
for text in "${texts[@]}"; do python3 -c 'import ast, sys; ast.parse(sys.argv[1])' "$text"; done
node point.mjs "${texts[@]}" | tee seen
diff seen - <<'SEEN'
1.0 0
.5 0
1.e-3 0
1_000 0
1. 1
20. 1
1./255 1
f(0.) 1
SEEN
