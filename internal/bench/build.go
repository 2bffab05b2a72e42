package main

import (
	"archive/zip"
	"compress/flate"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// A subject is one binary under measurement.
type subject struct {
	name    string // as the table's head shows it
	source  string
	flags   []string
	retrier bool // the real thing; otherwise the plain handler
	path    string
	size    int64 // bytes
	zipped  int64 // bytes, as the archive that would be deployed
}

// functionFlags are those of FUNCTION_FLAGS in the Makefile, without the
// build's name.
var functionFlags = []string{"-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w -buildid="}

// The columns of the table.
const (
	retrierAt = iota
	plainAt
	defaultsAt
)

// build makes the binaries of all subjects in dir, for this machine.
func build(ctx context.Context, dir string) ([]subject, error) {
	subjects := []subject{
		retrierAt:  {name: "Mulligan", source: "mulligan/functions/retrier", flags: functionFlags, retrier: true},
		plainAt:    {name: "plain, same flags", source: "mulligan/internal/bench/plain", flags: functionFlags},
		defaultsAt: {name: "plain, no flags", source: "mulligan/internal/bench/plain"},
	}
	for i := range subjects {
		s := &subjects[i]
		s.path = filepath.Join(dir, fmt.Sprintf("bootstrap-%d", i))
		if err := s.build(ctx); err != nil {
			return nil, fmt.Errorf("build %s: %w", s.source, err)
		}
	}
	return subjects, nil
}

// build compiles without cgo in every case: a function's image has no libc to
// count on.
func (s *subject) build(ctx context.Context) error {
	args := append([]string{"build", "-o", s.path}, s.flags...)
	cmd := exec.CommandContext(ctx, "go", append(args, s.source)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, output)
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	s.size = info.Size()
	s.zipped, err = zipSize(s.path)
	return err
}

// zipSize is the size of an archive of the file, packed as by zip -9.
func zipSize(path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var size counter
	archive := zip.NewWriter(&size)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	entry, err := archive.Create("bootstrap")
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(entry, file); err != nil {
		return 0, err
	}
	err = archive.Close()
	return int64(size), err
}

// counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
