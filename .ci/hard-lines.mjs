// Makes files whose lines are hard to hash. Tokens are made here.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
let state = 7;
const next = () => (state = (state * 48271) % 2147483647);
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const token = () => "hf_" + Array.from({ length: 34 }, () => letters[next() % 52]).join("");
const noise = (length) => Buffer.from(Array.from({ length }, () => next() % 256));
const write = (name, ...parts) =>
  writeFileSync(join(folder, name), Buffer.concat(parts.map((part) => Buffer.from(part))));

mkdirSync(folder, { recursive: true });
const same = token();
write("crlf.py", ...Array.from({ length: 20 }, (_, line) => `x${line} = "${token()}"\r\n`));
write("cr.txt", `a\rb\rc ${token()}\rd\n e ${token()}`);
write("equal.txt", `${same}\n`.repeat(5), "zz\n".repeat(60), `${same}\n`.repeat(3));
write("noise.bin", noise(5000), token(), noise(5000), "\n", token(), [0xe2, 0x82]);
write("unicode.md", `${"é😀 日本語 ".repeat(10)}${token()} é\n\u2028 x ${token()}\n\v\f ${token()}\n\u0085 ${token()}`);
write("windows.txt", "line of 5 ü\n".repeat(60000), `   ${token()}\n`, "tail\n".repeat(100));
write("empty-lines.txt", "\n".repeat(300), `${token()}\n`, "\n".repeat(300), token());
write("sp ace#%ü.txt", token());
