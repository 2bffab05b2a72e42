# `sam build` runs the functions' Makefiles in this folder when the template's Architecture is arm64.
GOARCH := arm64
