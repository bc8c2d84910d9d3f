// Fails where two SARIF files give the lines of their results different hashes.
import { readFileSync } from "node:fs";

const results = (file) => JSON.parse(readFileSync(file, "utf8")).runs[0].results;
const name = "primaryLocationLineHash";
const [ours, theirs] = process.argv.slice(2).map(results);
let differ = ours.length === theirs.length && ours.length > 0 ? 0 : 1;
ours.forEach((result, place) => {
  const [mine, other] = [result, theirs[place]].map((one) => one?.partialFingerprints?.[name]);
  if (mine === undefined || mine !== other) {
    differ += 1;
    console.error(JSON.stringify(result.locations[0].physicalLocation), mine, other);
  }
});
console.log(`${ours.length} line hashes compared, ${differ} differ`);
process.exit(differ > 0 ? 1 : 0);
