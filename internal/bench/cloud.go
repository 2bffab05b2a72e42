package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"mulligan/internal/awstest"
)

// The account that the fakes stand for.
const (
	accountNumber = "123456789012"
	region        = "us-east-1"
	group         = "mulligan"
)

// cloud is all of AWS that one process talks to: three services, each at an
// address of its own, as in AWS.
type cloud struct {
	aws     *awstest.Account
	table   *table
	env     []string
	servers []*http.Server
	opened  atomic.Int64 // TLS connections so far
}

// newCloud opens an empty account behind TLS. The caller closes it.
func newCloud(server tls.Certificate) (*cloud, error) {
	c := &cloud{
		aws:   awstest.New(awstest.Config{Number: accountNumber, Region: region, Groups: []string{group}, PageSize: 100}),
		table: newTable(),
	}
	for service, handler := range map[string]http.Handler{"DYNAMODB": c.table, "SAGEMAKER": c.aws, "SCHEDULER": c.aws} {
		address, err := c.serve(handler, &tls.Config{Certificates: []tls.Certificate{server}})
		if err != nil {
			c.close()
			return nil, err
		}
		c.env = append(c.env, fmt.Sprintf("AWS_ENDPOINT_URL_%s=https://%s", service, address))
	}
	return c, nil
}

// serve serves HTTP/1.1, which is what the regional endpoints speak, over TLS
// where it is configured.
func (c *cloud) serve(h http.Handler, secure *tls.Config) (address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address = listener.Addr().String()
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	// Processes are killed in mid-connection; what the server says of it is noise.
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	if secure != nil {
		s.ConnState = c.count
	}
	c.servers = append(c.servers, s)
	go func() {
		if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // the listener broke: nothing can be measured any more
		}
	}()
	return address, nil
}

// count counts the connections that are opened to the services.
func (c *cloud) count(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		c.opened.Add(1)
	}
}

func (c *cloud) close() {
	for _, s := range c.servers {
		_ = s.Close()
	}
}

// calls counts the requests so far, of all services.
func (c *cloud) calls() int { return c.table.count() + len(c.aws.Calls()) }

// operations names the requests so far. Those of DynamoDB come first.
func (c *cloud) operations() []string {
	names := c.table.operations()
	for _, call := range c.aws.Calls() {
		names = append(names, call.Op)
	}
	return names
}

// misunderstood is an error if there was a request that AWS would not have
// understood.
func (c *cloud) misunderstood() error {
	if all := append(c.aws.Violations(), c.table.violations()...); len(all) > 0 {
		return fmt.Errorf("requests that AWS would not understand: %s", strings.Join(all, "; "))
	}
	return nil
}
