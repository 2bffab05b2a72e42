package awscall

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// How long connecting may take, and how long a connection may lie unused: AWS
// closes idle ones without a word, and a frozen function cannot notice.
const (
	dialLimit  = 2 * time.Second
	freshFor   = 10 * time.Second
	idleFor    = 20 * time.Second
	perHost    = 8
	tlsVersion = tls.VersionTLS12
)

// Warm is an HTTP transport whose first connections are opened before the
// first request. A function's start runs at full CPU and its invocations at a
// fraction of it (128 MB: 7 %), where one TLS handshake takes a quarter of a
// second. Nothing is sent on the connections until a call needs one.
type Warm struct {
	http.Transport
	mu    sync.Mutex
	ready map[string][]opened // by scheme and address
}

type opened struct {
	conn net.Conn
	at   time.Time
}

// NewWarm makes a transport that opens connections as they are needed, and by Open.
func NewWarm() *Warm {
	w := &Warm{ready: map[string][]opened{}}
	w.Proxy = http.ProxyFromEnvironment
	w.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return w.take(ctx, "http", address)
	}
	w.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		return w.take(ctx, "https", address)
	}
	w.IdleConnTimeout, w.MaxIdleConnsPerHost = idleFor, perHost
	return w
}

// Open connects to each URL's host, all side by side, and keeps what came of it
// for the first requests. An endpoint named twice is connected to twice. What
// cannot be reached now is left to the call that needs it, which can say so.
func (w *Warm) Open(ctx context.Context, endpoints ...string) {
	var all sync.WaitGroup
	for _, endpoint := range endpoints {
		target, err := url.Parse(endpoint)
		if err != nil || target.Host == "" || w.proxied(target) {
			continue
		}
		all.Go(func() {
			scheme, address := target.Scheme, withPort(target)
			if conn, err := dial(ctx, scheme, address); err == nil {
				w.put(scheme+address, conn)
			}
		})
	}
	all.Wait()
}

func (w *Warm) proxied(target *url.URL) bool {
	proxy, err := w.Proxy(&http.Request{URL: target})
	return err != nil || proxy != nil
}

func (w *Warm) put(key string, conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready[key] = append(w.ready[key], opened{conn, time.Now()})
}

// take gives a connection that lies ready and is still fresh, or a new one.
func (w *Warm) take(ctx context.Context, scheme, address string) (net.Conn, error) {
	w.mu.Lock()
	for key := scheme + address; len(w.ready[key]) > 0; {
		first := w.ready[key][0]
		w.ready[key] = w.ready[key][1:]
		if time.Since(first.at) < freshFor {
			w.mu.Unlock()
			return first.conn, nil
		}
		_ = first.conn.Close() // nothing was ever sent on it
	}
	w.mu.Unlock()
	return dial(ctx, scheme, address)
}

// dial connects, through the TLS handshake where the scheme asks for it.
func dial(ctx context.Context, scheme, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	if scheme == "http" {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	return (&tls.Dialer{Config: &tls.Config{MinVersion: tlsVersion}}).DialContext(ctx, "tcp", address)
}

func withPort(target *url.URL) string {
	switch {
	case target.Port() != "":
		return target.Host
	case target.Scheme == "http":
		return net.JoinHostPort(target.Hostname(), "80")
	default:
		return net.JoinHostPort(target.Hostname(), "443")
	}
}
