# One image for every task; the command names it: docker run ticklake deno task -q analyze
# Debian's glibc is what the native DuckDB wants; an Alpine image would not do.
FROM denoland/deno:2.9.6

WORKDIR /app
# What may be written, should a volume be mounted there: a volume takes over these permissions.
RUN mkdir -m 1777 .local out
USER deno

# The packages first: they change less often than the code. The lock is frozen.
COPY deno.json deno.lock ./
RUN deno ci --prod --skip-types

# .dockerignore lets in what runs, and nothing else.
COPY . .
RUN deno cache -q --frozen main.ts scripts/*.ts

# /healthz, /readyz and /metrics, inside the container; see docs/docker.md for the outside.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["deno", "run", "-q", "--no-prompt", "--allow-net=127.0.0.1", "scripts/probe.ts", "http://127.0.0.1:9464/healthz"]

# The base image's entry point, tini, hands signals on and reaps.
CMD ["deno", "task", "-q", "cron", "--health-port", "9464"]
