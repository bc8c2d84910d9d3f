// Fails where the Multitool's validation has a result that is not expected.
import { readFileSync } from "node:fs";

// Notes that do not fit a scanner of secrets, each with the reason.
const expected = {
  SARIF2002: "messages are texts: each names its own finding",
  SARIF2003: "the state of the repository is told by whoever uploads the file",
  SARIF2006: "the address of a page cannot be looked up offline",
  SARIF2009: "the rule's id was given before this tool was made",
  SARIF2010: "a snippet would hold the secret",
  SARIF2011: "so would a line of context",
};
const log = JSON.parse(readFileSync(process.argv[2], "utf8"));
const results = log.runs.flatMap((run) => run.results ?? []);
const faults = results.filter((result) => result.level !== "note" || !(result.ruleId in expected));
for (const fault of faults) {
  console.error(fault.level ?? "warning", fault.ruleId, JSON.stringify(fault.message));
}
console.log(`${results.length} notes of the validator, ${faults.length} of them not expected`);
process.exit(faults.length > 0 ? 1 : 0);
