FROM node:20-bookworm AS node
FROM golang:1.26-bookworm AS build
COPY --from=node /usr/local /usr/local
WORKDIR /src
COPY . .
RUN cd static && npm ci --no-audit --no-fund && node build.mjs && cd .. && go build -trimpath -ldflags='-s -w' -o /clearday ./cmd/clearday

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends poppler-utils qpdf wget && rm -rf /var/lib/apt/lists/*
COPY --from=build /clearday /usr/local/bin/clearday
ENTRYPOINT ["clearday"]
CMD ["serve"]
