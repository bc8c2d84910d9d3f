#!/usr/bin/env bash
# Builds the released image: .ci/image.sh VERSION ARCHIVES IMAGE.tar takes the two
# Linux binaries out of the release's archives, which lie in ARCHIVES, and writes a
# manifest list of both architectures as one OCI archive. The binaries stay in dist/.
set -euo pipefail
if [ $# != 3 ]; then
    echo "usage: $0 VERSION ARCHIVES IMAGE.tar" >&2
    exit 2
fi
version=$1 archives=$(realpath "$2") image=$(realpath "$3")
cd "$(dirname "$0")/.."

list=hfleaks-$version
revision=$(git rev-parse HEAD)
# The commit's time, so that the same binaries make the same image.
time=$(git log -1 --format=%ct)
labels=()
if [ -n "${GITHUB_REPOSITORY:-}" ]; then
    # By this GitHub shows the image with the repository.
    source=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY
    labels=(--label "org.opencontainers.image.source=$source")
fi

for pair in amd64:x86_64 arm64:aarch64; do
    architecture=${pair%:*}
    name=hfleaks-$version-${pair#*:}-unknown-linux-musl
    mkdir -p "dist/$architecture"
    tar -xzf "$archives/$name.tar.gz" -C "dist/$architecture" --strip-components 1 \
        "$name/hfleaks"
    buildah build --quiet --platform "linux/$architecture" --timestamp "$time" \
        --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
        "${labels[@]}" --manifest "$list" .
done
rm -f "$image"
buildah manifest push --all "$list" "oci-archive:$image"
buildah manifest rm "$list" >/dev/null
