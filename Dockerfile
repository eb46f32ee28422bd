# docker build --build-arg BUILD_SHA=$(git rev-parse --short=12 HEAD) -t botctl .
# docker run -p 8000:8000 -v botctl:/data --env-file .env --read-only --tmpfs /tmp --cap-drop ALL botctl

FROM node:22-bookworm-slim AS build
WORKDIR /build
# The packages first: they change less often than the sources, and this layer is then kept.
COPY package.json bun.lock bunfig.toml .npmrc ./
RUN npx -y bun@1.4.5 install --frozen-lockfile
COPY . .
ARG BUILD_SHA=unknown
RUN BUILD_SHA="$BUILD_SHA" npm run build

FROM debian:bookworm-slim
# 0700, because database, keys and admin token live here. A named volume takes this owner over; a mounted folder of the
# host has to belong to uid 10001.
RUN useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin botctl \
  && install -d -o botctl -g botctl -m 0700 /data
COPY --from=build /build/dist/botctl /usr/local/bin/botctl
USER 10001
WORKDIR /data
ENV BOTCTL_DATA_DIR=/data HOST=0.0.0.0 PORT=8000
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["botctl", "health"]
# No shell in between: the signals of `docker stop` reach the program, which drains within the usual 10 s.
ENTRYPOINT ["botctl"]
CMD ["serve"]
