# hfleaks, and nothing else: no shell, no git, no certificates. Expects a static
# binary in dist/amd64 or dist/arm64 of the context; .ci/image.sh puts the released
# ones there.
FROM scratch

# Of the platform that is built for; the builder sets it.
ARG TARGETARCH
ARG VERSION=unreleased
ARG REVISION=unknown

LABEL org.opencontainers.image.title="hfleaks" \
      org.opencontainers.image.description="Finds leaked Hugging Face credentials, and says what to do about them" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY --chmod=0555 dist/${TARGETARCH}/hfleaks /hfleaks

# As a number, since the image has no list of users; it is nobody nearly everywhere.
USER 65534:65534
WORKDIR /src
ENTRYPOINT ["/hfleaks"]
