// Prints a SARIF file without the fingerprints of its results.
import { readFileSync } from "node:fs";

const log = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const result of log.runs[0].results) delete result.partialFingerprints;
console.log(JSON.stringify(log));
