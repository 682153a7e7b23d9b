# One image for every role: `docker run parley:local botworker` is a bot worker;
# without an argument it is the whole system in one process.
# There is no syntax line and no RUN --mount, so that Docker 20.10 can build it with
# and without BuildKit.

ARG GO_VERSION=1.26.11
FROM golang:${GO_VERSION}-alpine AS build
WORKDIR /src

# Modules are downloaded again only when these files change.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
# VERSION replaces the one in main.go.
ARG VERSION=
# The time of all files in the image, so that it depends only on the tree.
ARG SOURCE_DATE_EPOCH=0
# Without paths, build ID and VCS information, the binary depends only on the tree and
# Go's version.
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false \
      -ldflags "-s -w -buildid= ${VERSION:+-X main.version=$VERSION}" -o /out/root/parley . \
 && mkdir -p /out/root/etc/ssl/certs /out/own/data \
 && cp /etc/ssl/certs/ca-certificates.crt /out/root/etc/ssl/certs/ \
 && find /out -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

FROM scratch
# The contents of the folder are copied, not the folder itself: Docker would create
# that with the current time, and no two builds would have the same layers. The
# certificates are for LLM_URL.
COPY --from=build /out/root/ /
# /data is the only folder that is written to, and only without NATS_URL or MONGO_URL.
# A volume takes over its owner.
COPY --from=build --chown=10001:10001 /out/own/ /

ENV ADDR=:8080 DATA_DIR=/data
# A number, because Kubernetes' runAsNonRoot can't check a name.
USER 10001:10001
EXPOSE 8080

# Asks HEALTH_ADDR, or the gateway on ADDR; the other roles need HEALTH_ADDR.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/parley", "health"]
ENTRYPOINT ["/parley"]

ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="Parley" \
      org.opencontainers.image.description="Customer chat that you host yourself: gateway, botworker, escalation, historyworker, web" \
      org.opencontainers.image.source="https://github.com/parley-chat/parley" \
      org.opencontainers.image.documentation="https://github.com/parley-chat/parley/blob/main/docs/docker.md" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
