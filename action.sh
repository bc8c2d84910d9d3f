#!/usr/bin/env bash
# The steps of action.yml: `install` gets the program, `scan` runs it and keeps what
# it found, `finish` fails the job if it has to. The inputs come as INPUT_* from
# action.yml, which has them described. All runners of GitHub must run this, so it
# keeps to bash 3.2, which macOS has, and to the tools of Git for Windows.
set -euo pipefail

random_word() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# The form with a delimiter, as a value with a line break could set other outputs.
set_output() {
    local name=$1 value=$2 delimiter
    delimiter=$(random_word)
    printf '%s<<%s\n%s\n%s\n' "$name" "$delimiter" "$value" "$delimiter" >>"$GITHUB_OUTPUT"
}

# A message may quote an input, and a line break in it must not begin a command.
show_error() {
    local message=${1//[%]/%25}
    message=${message//$'\r'/%0D}
    message=${message//$'\n'/%0A}
    printf '::error title=hfleaks::%s\n' "$message"
}

fail() {
    show_error "$1"
    exit 2
}

# Ends `scan`, which has noted exit code 2 by then: the last step fails for it.
refuse() {
    show_error "$1"
    exit 0
}

new_directory() {
    mktemp -d "$RUNNER_TEMP/hfleaks.XXXXXX"
}

own_version() {
    awk -F '"' '
        /^\[/ { section = $0 }
        section == "[package]" && /^version = / { print $2; exit }
    ' <"$GITHUB_ACTION_PATH/Cargo.toml"
}

# Prints nothing for a machine that no archive is made for. Windows on ARM runs
# programs for x64.
target_of_runner() {
    case $RUNNER_OS/$RUNNER_ARCH in
        Linux/X64) echo x86_64-unknown-linux-musl ;;
        Linux/ARM64) echo aarch64-unknown-linux-musl ;;
        macOS/X64) echo x86_64-apple-darwin ;;
        macOS/ARM64) echo aarch64-apple-darwin ;;
        Windows/X64 | Windows/ARM64) echo x86_64-pc-windows-msvc ;;
    esac
}

listed_hash() {
    awk -v archive="$1" '$2 == archive || $2 == "*" archive { print $1; exit }' \
        <"$GITHUB_ACTION_PATH/action.sha256"
}

listed_versions() {
    local versions
    versions=$(sed -n 's/^[0-9a-f]* [ *]hfleaks-\([0-9.]*\)-.*/\1/p' \
        <"$GITHUB_ACTION_PATH/action.sha256" | sort -u | tr '\n' ' ')
    echo "${versions:-none}"
}

# Fails, without ending the script, if there is nothing to be had. Redirects must
# keep the protocol of the server, which is https but for a test.
download() {
    local url=$1 file=$2
    curl --fail --silent --show-error --location --proto "=${GITHUB_SERVER_URL%%://*}" \
        --retry 3 --connect-timeout 20 --max-time 300 --output "$file" "$url"
}

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum
    else
        shasum -a 256
    fi | cut -c 1-64
}

check_hash() {
    local file=$1 expected=$2 url=$3 actual
    actual=$(sha256 <"$file")
    [ "$actual" = "$expected" ] || fail "$url has the SHA-256 hash $actual, and \
action.sha256 lists $expected: the archive is not the one that was released, and was \
not unpacked. Run the job again; if it stays so, tell the maintainers of hfleaks."
}

build() {
    local version=$1
    command -v cargo >/dev/null || fail "There is no archive of hfleaks $version to download for \
$RUNNER_OS $RUNNER_ARCH, and no cargo on this runner to build it. Install Rust in a step before \
this one (https://rustup.rs), or set the input version to a listed one: $(listed_versions)"
    echo "Building hfleaks $version from $GITHUB_ACTION_PATH"
    # The program must be where `install` looks, whatever the workflow has cargo do.
    (cd "$GITHUB_ACTION_PATH" &&
        env -u CARGO_BUILD_TARGET cargo build --release --locked --target-dir target) ||
        fail "cargo could not build hfleaks $version in $GITHUB_ACTION_PATH; the log of this step \
says why. If Rust is too old, update it in a step before this one: rustup update stable"
}

install() {
    local own version target archive hash url directory suffix='' binary
    own=$(own_version)
    version=${INPUT_VERSION:-$own}
    [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] ||
        fail "The input version is '$version'; write three numbers, as in $own."
    target=$(target_of_runner)
    archive=hfleaks-$version-$target.tar.gz
    hash=$(listed_hash "$archive")
    url=$GITHUB_SERVER_URL/$ACTION_REPOSITORY/releases/download/v$version/$archive
    directory=$(new_directory)
    [ "$RUNNER_OS" != Windows ] || suffix=.exe

    if [ -n "$hash" ] && download "$url" "$directory/$archive"; then
        check_hash "$directory/$archive" "$hash" "$url"
        binary=$directory/hfleaks-$version-$target/hfleaks$suffix
        # In the folder, as tar would take the D: of a Windows path for a host.
        (cd "$directory" && tar -xzf "$archive" "hfleaks-$version-$target/hfleaks$suffix") ||
            fail "$url does not hold hfleaks-$version-$target/hfleaks$suffix."
    elif [ "$version" = "$own" ]; then
        [ -z "$hash" ] || echo "$url could not be downloaded."
        build "$version"
        binary=$GITHUB_ACTION_PATH/target/release/hfleaks$suffix
    elif [ -n "$hash" ]; then
        fail "$url could not be downloaded; the log of this step says why. Run the job again, or \
leave the input version out to build $own from the action's checkout."
    else
        fail "The input version is '$version', of which action.sha256 lists no archive for \
$RUNNER_OS $RUNNER_ARCH. Leave it out for $own, or choose a listed one: $(listed_versions)"
    fi
    "$binary" --version || fail "$binary does not run on this runner ($RUNNER_OS $RUNNER_ARCH)."
    set_output binary "$binary"
}

check_boolean() {
    local name=$1 value=$2
    [[ $value =~ ^(true|false)$ ]] ||
        refuse "The input $name is '$value'; it may be true or false. Nothing was scanned."
}

check_inputs() {
    check_boolean history "$INPUT_HISTORY"
    check_boolean upload-sarif "$INPUT_UPLOAD_SARIF"
    check_boolean annotations "$INPUT_ANNOTATIONS"
    check_boolean summary "$INPUT_SUMMARY"
    check_boolean fail-on-findings "$INPUT_FAIL_ON_FINDINGS"
    [ "$INPUT_HISTORY" = false ] || [ -z "$INPUT_RANGE" ] ||
        refuse "The inputs history and range are both set, and the history holds every range. \
Leave one of them out. Nothing was scanned."
}

# Sets `paths` to the lines of the input.
read_paths() {
    local path
    paths=()
    while IFS= read -r path; do
        path=${path%$'\r'}
        [ "$path" != - ] ||
            refuse "The input paths has the line '-', and an action has no standard input to scan. \
Write ./- for a file of that name. Nothing was scanned."
        [ -z "$path" ] || paths+=("$path")
    done <<<"$INPUT_PATHS"
}

# Sets `scope`, and `selection` to the arguments that say what to scan. None of the
# values can be taken for an option.
select_what_to_scan() {
    selection=()
    scope=tree
    if [ "$INPUT_HISTORY" = true ]; then
        scope=history
        selection+=(--history)
    elif [ -n "$INPUT_RANGE" ]; then
        scope=range
        selection+=("--range=$INPUT_RANGE")
    elif [ "${#paths[@]}" = 0 ] && [[ $GITHUB_EVENT_NAME =~ ^pull_request(_target)?$ ]]; then
        scope=range
        [[ -n $PULL_REQUEST_BASE && -n $PULL_REQUEST_HEAD ]] ||
            refuse "The event $GITHUB_EVENT_NAME does not say which commits the pull request has. \
Set the input range, or paths to scan files. Nothing was scanned."
        selection+=("--range=$PULL_REQUEST_BASE..$PULL_REQUEST_HEAD")
    fi
    [ "${#paths[@]}" != 0 ] || paths=(.)
    [ "$scope" = tree ] || refuse_shallow_checkout "${paths[0]}"
    selection+=(-- "${paths[@]}")
}

# Where git cannot tell, as for a folder of somebody else, hfleaks says what is wrong.
refuse_shallow_checkout() {
    local repository=$1 shallow
    shallow=$(git -C "$repository" rev-parse --is-shallow-repository 2>/dev/null) || return 0
    [ "$shallow" = false ] ||
        refuse "The checkout in '$repository' has only its last commits, so the $scope cannot be \
scanned. Give the step with actions/checkout the input fetch-depth: 0. Nothing was scanned."
}

# Sets `status`. Names of files and lines of code are shown, and whoever wrote them
# must not give commands to the runner, so it is told to take none meanwhile. Both
# streams go into one: the runner reads two without keeping their order.
run_hfleaks() {
    local directory=$1 resume
    local options=(--no-progress --color=never -f text -f "sarif=$directory/hfleaks.sarif"
        -f "jsonl=$directory/findings.jsonl" -f "github=$directory/annotations.txt"
        -f "github-summary=$directory/summary.md")
    [ -z "$INPUT_CONFIG" ] || options+=("--config=$INPUT_CONFIG")
    [ -z "$INPUT_MIN_CONFIDENCE" ] || options+=("--min-confidence=$INPUT_MIN_CONFIDENCE")
    resume=$(random_word)
    status=0
    echo "::stop-commands::$resume"
    "$HFLEAKS_BINARY" "${options[@]}" "${selection[@]}" </dev/null 2>&1 || status=$?
    # After a line break, in case the last line was cut off.
    printf '\n::%s::\n' "$resume"
    [ "$status" -le 2 ] || status=2
}

# A tree of which nothing is scanned is a checkout that was forgotten, or a folder that
# a build has not filled yet.
refuse_nothing() {
    [ "$scope" = tree ] || return 0
    ! grep -q '^### hfleaks: Nothing was scanned' "$1" ||
        refuse "There was no file to scan. Check the repository out in a step before this one, \
and see whether paths, exclude and .gitignore leave anything."
}

# The exit code alone does not tell: it is 1 too if something was found and something
# else could not be scanned.
is_complete() {
    [ "$status" -le 1 ] && grep -q '"executionSuccessful": true' "$1"
}

# hfleaks writes no reports if it could not begin, as for a configuration with a
# mistake; the outputs stay empty then.
show_reports() {
    local directory=$1 complete=false
    [ -f "$directory/hfleaks.sarif" ] || return 0
    refuse_nothing "$directory/summary.md"
    [ "$INPUT_ANNOTATIONS" = false ] || cat "$directory/annotations.txt"
    [ "$INPUT_SUMMARY" = false ] || cat "$directory/summary.md" >>"$GITHUB_STEP_SUMMARY"
    ! is_complete "$directory/hfleaks.sarif" || complete=true
    set_output complete "$complete"
    set_output sarif-file "$directory/hfleaks.sarif"
    set_output findings "$(wc -l <"$directory/findings.jsonl" | tr -d ' ')"
    set_output category "${INPUT_CATEGORY:-hfleaks-$scope}"
}

scan() {
    local directory status scope paths selection
    # Stands until there is another one, whatever ends this step.
    set_output exit-code 2
    check_inputs
    read_paths
    select_what_to_scan
    directory=$(new_directory)
    run_hfleaks "$directory"
    show_reports "$directory"
    set_output exit-code "$status"
}

finish() {
    if [ "$SCAN_COMPLETE" != true ]; then
        fail "The scan is not complete (exit code $SCAN_EXIT_CODE), so nothing was uploaded to \
code scanning. The log of this job says above what could not be scanned."
    fi
    if [ "$SCAN_EXIT_CODE" = 1 ] && [ "$INPUT_FAIL_ON_FINDINGS" = true ]; then
        show_error "hfleaks reported findings: $SCAN_FINDINGS. Revoke what is real first; the log \
of this job says above what to do. To let the job go on, set the input fail-on-findings to false."
        exit 1
    fi
}

case ${1-} in
    install | scan | finish) "$1" ;;
    *) fail "action.sh knows install, scan and finish, and not '${1-}'." ;;
esac
