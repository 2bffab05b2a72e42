# `sam build` runs functions/retrier/Makefile in this folder when the template's Architecture is arm64.
GOARCH := arm64
