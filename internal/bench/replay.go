package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// replay is a transport that answers each operation by what the fakes said to
// its first request, so that one failure can be handled over and over, and the
// fakes' own allocations do not count.
type replay struct {
	aws, table http.Handler
	mu         sync.Mutex
	answers    map[string]recorded
}

type recorded struct {
	status int
	header http.Header
	body   []byte
}

func newReplay(aws http.Handler) *replay {
	return &replay{aws: aws, table: newTable(), answers: map[string]recorded{}}
}

// RoundTrip implements http.RoundTripper.
func (p *replay) RoundTrip(r *http.Request) (*http.Response, error) {
	defer r.Body.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	target := r.Header.Get("X-Amz-Target")
	answer, known := p.answers[target]
	if !known {
		answer = p.ask(target, r)
		p.answers[target] = answer
	} else if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: answer.status, Header: answer.header, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(answer.body)), ContentLength: int64(len(answer.body)),
	}, nil
}

func (p *replay) ask(target string, r *http.Request) recorded {
	service := p.aws
	if strings.HasPrefix(target, "DynamoDB") {
		service = p.table
	}
	w := httptest.NewRecorder()
	service.ServeHTTP(w, r)
	return recorded{w.Code, w.Header(), w.Body.Bytes()}
}
