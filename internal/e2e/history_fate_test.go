//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"time"
)

// fate is what befalls a process at one of its requests.
type fate int

// The fates. A process that is frozen stays so until all thaws; a request that is
// late comes to its service then, from a process that is dead.
const (
	unharmed     fate = iota
	killedBefore      // the request is not sent
	killedAmid        // nobody knows whether it had an effect
	killedAfter       // it had its effect, and the answer is not heard
	killedAndLate
	frozenBefore
	frozenAfter
	fates
)

func (f fate) String() string {
	return [...]string{"unharmed", "killed before", "killed amid", "killed after", "killed, its request late", "frozen before", "frozen after"}[f]
}

// ice is what is frozen or late: until it thaws, or too late for it to count.
type ice struct {
	thaw          chan struct{}
	limit         time.Duration
	froze, thawed func(*Process) // are told of a process that freezes, and goes on or ends
}

// meets lets a request of a process pass as its fate has it.
func (p *Process) meets(f fate, ice ice, service http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // its sender died over it
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch f {
	case killedBefore:
		p.Kill()
	case killedAmid:
		dead := make(chan struct{})
		go func() { p.Kill(); close(dead) }()
		service.ServeHTTP(w, r)
		<-dead
	case killedAfter:
		service.ServeHTTP(httptest.NewRecorder(), r)
		p.Kill()
	case killedAndLate:
		p.Kill()
		select {
		case <-ice.thaw:
			service.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithoutCancel(r.Context())))
		case <-time.After(ice.limit): // what is on its way is not for ever
		}
	case frozenBefore:
		if p.frozenIn(ice) {
			service.ServeHTTP(w, r)
		}
	case frozenAfter:
		answer := httptest.NewRecorder()
		service.ServeHTTP(answer, r)
		if p.frozenIn(ice) {
			w.WriteHeader(answer.Code)
			w.Write(answer.Body.Bytes())
		}
	default:
		service.ServeHTTP(w, r)
	}
}

// frozenIn stops the process, as Lambda freezes one, and lets it go on; false if it
// was killed meanwhile, as it is when its time is over.
func (p *Process) frozenIn(ice ice) bool {
	if p.program.Process.Signal(syscall.SIGSTOP) != nil {
		return false
	}
	ice.froze(p)
	defer ice.thawed(p)
	select {
	case <-ice.thaw:
		return p.program.Process.Signal(syscall.SIGCONT) == nil
	case <-time.After(ice.limit):
		p.Kill()
	case <-p.exited:
	}
	return false
}
