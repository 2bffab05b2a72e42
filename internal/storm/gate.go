package main

import (
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
)

// gate stands before DynamoDB Local and counts the requests by operation.
type gate struct {
	proxy *httputil.ReverseProxy

	mu    sync.Mutex
	calls map[string]int
}

func newGate(upstream string) (*gate, error) {
	target, err := url.Parse(upstream)
	if err != nil {
		return nil, err
	}
	g := &gate{proxy: httputil.NewSingleHostReverseProxy(target), calls: map[string]int{}}
	g.proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	g.proxy.ErrorLog = log.New(io.Discard, "", 0) // of requests that a killed process left
	return g, nil
}

// ServeHTTP implements http.Handler.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	g.mu.Lock()
	g.calls[operation]++
	g.mu.Unlock()
	g.proxy.ServeHTTP(w, r)
}

// counts are the requests so far, by operation.
func (g *gate) counts() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.calls)
}
