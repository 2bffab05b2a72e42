package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// An emulator is MiniStack as a process of its own, with the functions below it.
type emulator struct {
	url   string
	run   *exec.Cmd
	stdin io.Closer // it ends when this is closed, also when we were killed
	temp  string
	ended chan struct{}
}

// startLimit and stopLimit are for a machine that is busy with everything else;
// a second or two is usual.
const (
	startLimit = 90 * time.Second
	stopLimit  = 20 * time.Second
)

// sessionsFile is where the launcher notes which access key stands for which
// role, in Options.Folder, processesFile where it notes the process groups of
// functions.
const (
	sessionsFile  = "sessions.jsonl"
	processesFile = "processes"
)

// launch starts MiniStack and returns when it answers.
func launch(ctx context.Context, o Options, sageMaker string) (*emulator, error) {
	python := filepath.Join(o.Root, ".tools/ministack/bin/python")
	if _, err := os.Stat(python); err != nil {
		return nil, errors.New("MiniStack is not in .tools/ministack: run infra/local/install account")
	}
	port, err := FreePort(o.Port)
	if err != nil {
		return nil, err
	}
	e := &emulator{url: "http://127.0.0.1:" + strconv.Itoa(port), temp: filepath.Join(o.Folder, "tmp"), ended: make(chan struct{})}
	if err := errors.Join(Sweep(o.Folder), os.MkdirAll(e.temp, 0o700)); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(o.Folder, "ministack.log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	e.run = exec.Command(python, filepath.Join(o.Root, "infra/local/account/launch.py"))
	e.run.Env = append(e.environment(o, port, sageMaker), o.Environment...)
	e.run.Stdout, e.run.Stderr = log, log
	e.run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us; stop ends it
	if e.stdin, err = e.run.StdinPipe(); err != nil {
		return nil, err
	}
	if err := e.run.Start(); err != nil {
		return nil, fmt.Errorf("start MiniStack: %w", err)
	}
	go func() {
		_ = e.run.Wait() // how it ended is in its log
		close(e.ended)
	}()
	if err := noteGroup(o.Folder, e.run.Process.Pid); err != nil {
		return nil, errors.Join(err, e.stop())
	}
	if err := e.answers(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("MiniStack did not start: %w%s", err, lastWords(log.Name())), e.stop())
	}
	return e, nil
}

// environment is all that MiniStack gets: functions inherit it, and nothing of
// the caller's own AWS settings may reach them.
func (e *emulator) environment(o Options, port int, sageMaker string) []string {
	environment := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + e.temp, "TMPDIR=" + e.temp, "LANG=C.UTF-8", "PYTHONDONTWRITEBYTECODE=1",
		"AUTH=" + strconv.FormatBool(o.IAM), "BIND_HOST=127.0.0.1", "GATEWAY_PORT=" + strconv.Itoa(port),
		"MINISTACK_REGION=" + o.Homes[0].Region, "MINISTACK_ACCOUNT_ID=" + o.Homes[0].Number,
		"AWS_ENDPOINT_URL=" + e.url, "AWS_ENDPOINT_URL_SAGEMAKER=" + sageMaker,
		"LAMBDA_ASYNC_RETRY_BASE_SECONDS=" + strconv.FormatFloat(o.RetryAfter.Seconds(), 'f', -1, 64),
		"ACCOUNT_DIES_WITH_STDIN=1", "ACCOUNT_SESSIONS=" + filepath.Join(o.Folder, sessionsFile),
		"ACCOUNT_PROCESSES=" + filepath.Join(o.Folder, processesFile),
	}
	if o.Every != 0 {
		seconds := max(0, o.Every.Seconds()) // 0 is never
		environment = append(environment, "ACCOUNT_RATE_SECONDS="+strconv.FormatFloat(seconds, 'f', -1, 64))
	}
	return environment
}

// FreePort is the loopback port that was asked for, if nothing listens there, or
// with 0 any. The error says which one cannot be used.
func FreePort(wanted int) (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(wanted))
	if errors.Is(err, syscall.EADDRINUSE) {
		return 0, fmt.Errorf("port %d is in use by another program", wanted)
	}
	if err != nil {
		return 0, fmt.Errorf("port %d cannot be used: %w", wanted, err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// answers waits until MiniStack is healthy.
func (e *emulator) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+"/_ministack/health", nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-e.ended:
			return fmt.Errorf("it ended: %s", e.run.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop ends MiniStack and its functions, and removes their temporary files.
func (e *emulator) stop() error {
	e.stdin.Close()
	_ = e.run.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	var err error
	select {
	case <-e.ended:
	case <-time.After(stopLimit):
		err = fmt.Errorf("MiniStack did not end within %s and was killed", stopLimit)
	}
	// Its own group, and then those of functions, which it ends itself unless it
	// could not.
	if killed := syscall.Kill(-e.run.Process.Pid, syscall.SIGKILL); !errors.Is(killed, syscall.ESRCH) {
		err = errors.Join(err, killed)
	}
	<-e.ended
	return errors.Join(err, Sweep(filepath.Dir(e.temp)), os.RemoveAll(e.temp))
}

// lastWords are the last lines of a log, to be told where the log may soon be
// gone.
func lastWords(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ": " + err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return ":\n" + strings.Join(lines[max(0, len(lines)-10):], "\n")
}
