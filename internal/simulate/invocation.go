package simulate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"mulligan/internal/policy"
	"mulligan/internal/retrier"
	"mulligan/internal/retry"
)

// An invocation is one of the retrier, or one sweep.
type invocation struct {
	*run
	name     string
	serial   int
	book     *policy.Book
	of       *message // nil: a sweep
	deadline time.Time
	frozen   bool // it may stand still beyond its deadline, and go on
	dead     bool // its process is gone
	calls    int
	log      log
	answer   []byte
	err      error
}

var (
	errGone    = errors.New("the process is gone")
	errNoTime  = errors.New("not enough time left in this invocation")
	errTimeout = context.DeadlineExceeded
	errLog     = errors.New("the log cannot be written")
)

// enter makes an invocation.
func (r *run) enter(name string, of *message, lives time.Duration) *invocation {
	r.serial++
	r.totals.Invocations++
	v := &invocation{
		run: r, name: fmt.Sprintf("%s %d", name, r.serial), serial: r.serial, of: of, deadline: r.now.Add(lives),
		book: r.books[r.n(2)],
	}
	v.frozen = r.freezes && !r.calm && r.chance(15)
	v.log.fails = r.loseLogs
	r.running = append(r.running, v)
	return v
}

// invoke begins an invocation of the retrier with a message.
func (r *run) invoke(m *message) {
	v := r.enter("retrier", m, functionTimeout)
	r.tell(v.name, "is invoked with %s", m.what)
	h := &retrier.Handler{Home: home, Log: slog.New(slog.NewJSONHandler(&v.log, nil)), Corridor: v.corridor()}
	t := r.begin(v, func() { v.answer, v.err = h.Invoke(background, m.payload) })
	t.deadline = v.deadline
	r.resume(t)
	r.after(v)
}

// corridor is the real one, in front of ports of this invocation.
func (v *invocation) corridor() *retry.Corridor {
	p := &port{v}
	return &retry.Corridor{
		Mode: retry.Enforce, Rules: v.book, Build: "simulated", Keep: v.settings.ExpireAfter + retrier.KeepAfterExpiry,
		Ledger: p, Pipelines: p, Background: p, Schedules: p, Now: func() time.Time { return v.now }, Abreast: v.abreast,
	}
}

// ended looks after an invocation all of whose tasks have ended.
func (r *run) ended(v *invocation) {
	at := slices.Index(r.running, v)
	if at < 0 {
		return
	}
	r.running = slices.Delete(r.running, at, at+1)
	r.checkEnd(v)
	if v.of == nil {
		r.sweeping = false
		return
	}
	if v.dead || v.err != nil {
		r.tell(v.name, "%s", v.fate())
		r.back(v.of)
	}
}

func (v *invocation) fate() string {
	if v.dead {
		return "is gone"
	}
	return "ends in an error: " + v.err.Error()
}

// timesOut ends an invocation that has lived for too long.
func (r *run) timesOut(v *invocation) {
	r.tell(v.name, "is killed at its time-out")
	v.dead = true
	r.bury(v)
	r.ended(v)
}

// log is where an invocation writes its lines.
type log struct {
	fails bool
	lines [][]byte
}

func (l *log) Write(line []byte) (int, error) {
	if l.fails {
		return 0, errLog
	}
	l.lines = append(l.lines, slices.Clone(line))
	return len(line), nil
}
