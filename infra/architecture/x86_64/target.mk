# `sam build` runs the functions' Makefiles in this folder when the template's Architecture is x86_64.
GOARCH := amd64
