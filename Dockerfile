# Build: `docker build -t confab .` See docs/operations.md for how to run it.

FROM node:22-bookworm-slim AS manifests
WORKDIR /app
# The manifests first, so that the packages are installed anew only when these change.
COPY package.json package-lock.json ./
COPY packages/protocol/package.json packages/protocol/
COPY packages/server/package.json packages/server/
COPY packages/client/package.json packages/client/
COPY packages/web/package.json packages/web/
COPY bench/package.json bench/

# The web app: what it is built of stays behind.
FROM manifests AS web
RUN npm ci --omit=dev --workspace packages/web --workspace packages/client --workspace packages/protocol --include-workspace-root
COPY tsconfig.json ./
COPY packages/protocol/src packages/protocol/src
COPY packages/client/src packages/client/src
COPY packages/web/src packages/web/src
COPY packages/web/build packages/web/build
RUN node_modules/.bin/bun packages/web/build/main.ts packages/web/dist

FROM manifests AS build
RUN npm ci --omit=dev --workspace packages/protocol --workspace packages/server --include-workspace-root
# Node and npm stay behind: the server needs the Bun binary alone.
RUN cp node_modules/bun/bin/bun.exe /usr/local/bin/bun \
 && rm -rf node_modules/bun node_modules/@oven node_modules/.bin
# The image has Debian's ffmpeg in its place, whose licence and updates come with it.
RUN rm -rf node_modules/@napi-rs/webcodecs*
COPY packages/protocol/src packages/protocol/src
COPY packages/server/src packages/server/src

FROM debian:bookworm-slim
# For posters of videos and waveforms of recordings; `--build-arg FFMPEG=no` saves some 400 MB.
ARG FFMPEG=yes
RUN if [ "$FFMPEG" = yes ]; then \
      apt-get update \
      && apt-get install -y --no-install-recommends ffmpeg \
      && rm -rf /var/lib/apt/lists/*; \
    fi
RUN useradd --system --uid 10001 --user-group --home-dir /app --no-create-home confab \
 && mkdir -p /app/storage \
 && chown confab:confab /app/storage
COPY --from=build /usr/local/bin/bun /usr/local/bin/bun
COPY --from=build /app /app
COPY --from=web /app/packages/web/dist /app/packages/web/dist
WORKDIR /app
ENV CONFAB_ENV=production \
    STORAGE_DIR=/app/storage
USER confab
VOLUME /app/storage
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["bun", "-e", "const { ok } = await fetch(`http://127.0.0.1:${process.env.PORT || 8000}/health`); process.exit(ok ? 0 : 1)"]
# Bun itself, not npm: npm does not pass SIGTERM on.
CMD ["bun", "packages/server/src/main.ts"]
