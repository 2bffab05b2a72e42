package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// thisMachine describes what the figures belong to.
func thisMachine() string {
	model := "an unnamed CPU"
	info, _ := os.ReadFile("/proc/cpuinfo") // without it, the model stays unnamed
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s, %d cores, Linux %s, %s %s/%s",
		model, runtime.NumCPU(), strings.TrimSpace(string(kernel)), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
