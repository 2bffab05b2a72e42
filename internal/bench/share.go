package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpuShare is what a function of 128 MB gets of one vCPU, which comes with
// 1,769 MB (AWS Lambda developer guide, "Configure Lambda function memory").
const cpuShare = 128.0 / 1769

// share is a cgroup with a CPU quota. A function starts at full CPU, so that a
// process is admitted only when its first event is handed out.
//
// AWS does not publish the period of its quota. A long one flatters whoever
// needs little: all of an event may run on the quota of one period. The default
// here is 20 ms, a fifth of the kernel's, so that an event must fit in 1.4 ms of
// CPU or wait.
type share struct {
	dir    string // of the cgroup; empty where there is none
	why    string // then: what is missing
	period time.Duration
}

// openShare makes the cgroup, of version 1 or 2, or says why it cannot.
func openShare(period time.Duration) share {
	s := share{period: period}
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		s.why = err.Error()
		return s
	}
	root, version := controller(string(mounts))
	if root == "" {
		s.why = "no cgroup with a CPU controller is mounted"
		return s
	}
	dir := filepath.Join(root, fmt.Sprintf("mulligan-bench-%d", os.Getpid()))
	if err := os.Mkdir(dir, 0o755); err != nil {
		s.why = err.Error()
		return s
	}
	s.dir = dir
	if err := s.limit(version); err != nil {
		s.close()
		s.dir, s.why = "", err.Error()
	}
	return s
}

// controller finds where the CPU controller is mounted, and which version.
func controller(mounts string) (root string, version int) {
	for line := range strings.Lines(mounts) {
		f := strings.Fields(line) // device, directory, type, options
		if len(f) < 4 {
			continue
		}
		switch {
		case f[2] == "cgroup" && hasWord(f[3], ",", "cpu"):
			return f[1], 1
		case f[2] == "cgroup2":
			enabled, _ := os.ReadFile(filepath.Join(f[1], "cgroup.subtree_control"))
			if hasWord(strings.TrimSpace(string(enabled)), " ", "cpu") {
				root, version = f[1], 2
			}
		}
	}
	return root, version
}

func hasWord(list, separator, word string) bool {
	return strings.Contains(separator+list+separator, separator+word+separator)
}

func (s share) limit(version int) error {
	period := s.period.Microseconds()
	quota := strconv.FormatInt(int64(float64(period)*cpuShare), 10)
	if version == 2 {
		return s.write("cpu.max", fmt.Sprintf("%s %d", quota, period))
	}
	return cmp.Or(s.write("cpu.cfs_period_us", strconv.FormatInt(period, 10)), s.write("cpu.cfs_quota_us", quota))
}

// admit holds a process and all its threads to the share from now on.
func (s share) admit(pid int) error {
	if s.dir == "" {
		return nil
	}
	return s.write("cgroup.procs", strconv.Itoa(pid))
}

func (s share) write(file, text string) error {
	return os.WriteFile(filepath.Join(s.dir, file), []byte(text), 0)
}

// close removes the cgroup. The kernel refuses while a process that has ended
// is still being cleaned up.
func (s share) close() {
	for range 50 {
		if err := os.Remove(s.dir); err == nil || s.dir == "" || errors.Is(err, os.ErrNotExist) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
