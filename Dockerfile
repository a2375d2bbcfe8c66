FROM node:20-bookworm AS node
FROM golang:1.26-bookworm AS build
COPY --from=node /usr/local /usr/local
WORKDIR /src
COPY . .
RUN cd static && npm ci --no-audit --no-fund && node build.mjs && cd .. && go build -trimpath -ldflags='-s -w' -o /clearday ./cmd/clearday

FROM debian:12-slim
# --build-arg OFFICE= leaves out what turns Office files into PDFs and reads scans: the image is much smaller, and the desk says what it cannot take.
ARG OFFICE="libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui fonts-liberation ocrmypdf tesseract-ocr-eng"
RUN apt-get update && apt-get install -y --no-install-recommends poppler-utils qpdf wget $OFFICE && rm -rf /var/lib/apt/lists/*
COPY --from=build /clearday /usr/local/bin/clearday
ENTRYPOINT ["clearday"]
CMD ["serve"]
