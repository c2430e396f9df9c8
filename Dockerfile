# syntax=docker/dockerfile:1

# Waterline's server in a container. `docker build .` builds it from source; a release puts its own
# binaries in the place of the stage `build`, by `--build-context build=FOLDER`.

FROM rust:1-slim-bookworm AS build
ARG TARGETARCH
WORKDIR /src
COPY . .
# The caches outlive the layer, so the binary leaves them in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target,id=target-$TARGETARCH \
    cargo build --release --locked --bin waterline \
    && install -D target/release/waterline "/out/$TARGETARCH/waterline" \
    && mkdir /out/data

# No shell, no package manager, no root; CA certificates and time zones are in it. The same Debian
# as above, for its C library.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG TARGETARCH
COPY --from=build /out/$TARGETARCH/waterline /usr/local/bin/waterline
# A fresh volume takes over the owner of the folder below it.
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV WATERLINE_BIND=0.0.0.0:3000 \
    WATERLINE_DATA=/data
VOLUME /data
EXPOSE 3000
# No HEALTHCHECK: whoever runs the container asks /healthz and /readyz, which need no program in it.
ENTRYPOINT ["/usr/local/bin/waterline"]
CMD ["serve"]
