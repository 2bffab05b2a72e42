package awstest

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strconv"
	"time"
)

// A Fault makes one request go wrong. Its zero value leaves the request alone.
type Fault struct {
	// Code is the error code that is answered, such as ThrottlingException,
	// ResourceLimitExceeded or AccessDeniedException, with its usual HTTP
	// status unless Status says otherwise.
	Code, Message string
	// Status without a Code is an answer that no service wrote, but some proxy
	// before it: an HTML page with status 500, 502, 503, 504.
	Status int
	// Latency is how long, in real time, the request waits first.
	Latency time.Duration
	// Hang: no answer comes until the client gives up.
	Hang bool
	// Break ends the connection instead of answering.
	Break Break
	// Body spoils the body of an answer that is otherwise in order, so it is
	// always too late for the effect.
	Body Spoil
	// AfterEffect: the request does its work first, so that it is the answer
	// that is lost. Otherwise Code, Status, Hang and Break prevent the effect.
	AfterEffect bool
}

// A Break is a way for a connection to end without an answer.
type Break int

// The ways to break a connection.
const (
	Unbroken Break = iota
	Close          // the server closes it
	Reset          // the network resets it
)

// A Spoil is what is wrong with the body of a 200.
type Spoil int

// The ways to spoil a body.
const (
	Unspoiled Spoil = iota
	Empty           // no bytes at all
	Truncated       // half the bytes that Content-Length announces
	Foreign         // ARNs of another account
	WrongType       // an HTML page
	Huge            // 10 MB, most of it in a field that nobody asked for
)

// FailNext disturbs the next n requests of an operation. Faults queue up.
func (a *Account) FailNext(op string, n int, f Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for range n {
		a.faults[op] = append(a.faults[op], f)
	}
}

// OnRequest is called with every request that was understood and that
// Config.Authorize did not refuse, before it does anything: op, how many of op there have been (from 1), and what it asks for.
// The Fault that it returns applies unless one is queued by FailNext. It runs
// outside every lock and may use the account: so a person steps in between two
// calls of Mulligan. Nil takes it away.
func (a *Account) OnRequest(hook func(op string, nth int, r Request) Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hook = hook
}

func (a *Account) faultFor(r Request) (f Fault) {
	a.mu.Lock()
	a.seen[r.Op]++
	hook, nth, now := a.hook, a.seen[r.Op], a.config.Now()
	queued := a.faults[r.Op]
	if len(queued) > 0 {
		a.faults[r.Op] = queued[1:]
	}
	a.mu.Unlock()
	if hook != nil {
		r.At = now
		f = hook(r.Op, nth, r)
	}
	if len(queued) > 0 {
		f = queued[0]
	}
	return f
}

// waits spends what the fault wants spent before the effect, and tells whether
// the request goes on.
func (f Fault) waits(ctx context.Context) bool {
	if f.Latency > 0 {
		timer := time.NewTimer(f.Latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return false
		}
	}
	if f.Hang && !f.AfterEffect {
		<-ctx.Done()
		return false
	}
	return true
}

func (f Fault) refuses() bool { return f.Code != "" || f.Status != 0 || f.Break != Unbroken }

// refuse is the fault's answer in place of the service's. A token that meets
// ResourceLimitExceeded this way is as burnt as by a real limit.
func (a *Account) refuse(in request, f Fault) answer {
	if f.Code == codeResourceLimit && in.Op == "RetryPipelineExecution" {
		a.do(func(now time.Time) {
			in.At = now
			if _, known := a.tokens[in.Token]; !known {
				a.refuseForRoom(in)
			}
		})
	}
	return f.answer(in.protocol)
}

func (f Fault) answer(p protocol) answer {
	return answer{status: f.Status, code: f.Code, message: or(f.Message, f.Code), protocol: p}
}

// spoil sends the answer, in as far as the fault lets it through. The call is
// logged before a byte goes out, so that a client which has its answer finds
// it in the log.
func (a *Account) spoil(w http.ResponseWriter, r *http.Request, call *Call, f Fault, out answer) {
	call.disturb(a, f, out.effective)
	if f.AfterEffect && f.refuses() {
		out = f.answer(out.protocol)
	}
	switch {
	case f.Break != Unbroken:
		a.answered(call, answer{code: "(connection broken)"})
		breakOff(w, f.Break)
	case f.Hang:
		a.answered(call, answer{code: "(no answer)"})
		<-r.Context().Done()
	case f.Code == "" && f.Status != 0:
		a.answered(call, answer{status: f.Status, code: "(" + http.StatusText(f.Status) + ")"})
		page(w, f.Status)
	case f.Body != Unspoiled && out.code == "":
		a.answered(call, out)
		a.sendSpoiled(w, f.Body, out)
	default:
		a.finish(w, call, out)
	}
}

func (c *Call) disturb(a *Account, f Fault, effective bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c.Disturbed, c.Effective = f != Fault{}, effective
}

// finish sends an answer as the service does.
func (a *Account) finish(w http.ResponseWriter, call *Call, out answer) {
	out.status = out.httpStatus()
	a.answered(call, out)
	out.write(w)
}

func (out answer) write(w http.ResponseWriter) {
	body := out.bytes()
	w.Header().Set("Content-Type", out.protocol.contentType())
	w.Header().Set("X-Amzn-Requestid", eventID(strconv.Itoa(len(body))+out.code))
	if out.code != "" && out.protocol == restJSON {
		w.Header().Set("X-Amzn-Errortype", out.code)
	}
	w.WriteHeader(out.httpStatus())
	w.Write(body)
}

func page(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	w.Write([]byte("<html><head><title>" + http.StatusText(status) + "</title></head></html>\n"))
}

// breakOff ends the connection under the request. Where the writer has none to
// give away, as in a recorder, the handler is aborted, which comes to the same.
func breakOff(w http.ResponseWriter, b Break) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && b == Reset {
		tcp.SetLinger(0) // what is closed without lingering is reset
	}
	conn.Close()
}

const hugeBody = 10 << 20

func (a *Account) sendSpoiled(w http.ResponseWriter, s Spoil, out answer) {
	a.mu.Lock()
	number := []byte(a.config.Number)
	a.mu.Unlock()
	body := out.bytes()
	w.Header().Set("Content-Type", out.protocol.contentType())
	switch s {
	case Empty:
		body = nil
	case Truncated:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:len(body)/2]
	case Foreign:
		body = bytes.ReplaceAll(body, number, []byte("999999999999"))
	case WrongType:
		page(w, http.StatusOK)
		return
	case Huge:
		body = padded(body)
	}
	w.WriteHeader(http.StatusOK)
	w.Write(body)
}

// padded is a JSON object with one more member, of 10 MB.
func padded(object []byte) []byte {
	out := append([]byte(`{"Padding":"`), bytes.Repeat([]byte("x"), hugeBody)...)
	if len(object) == len("{}") {
		return append(out, `"}`...)
	}
	return append(append(out, `",`...), object[1:]...)
}
